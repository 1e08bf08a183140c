import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';

/** The Kubernetes API refused one of the master's own calls. */
export class KubernetesCallError extends Error {
  override readonly name = 'KubernetesCallError';
  readonly status: number;
  constructor(status: number, what: string, message: string) {
    super(`${what}: ${status} ${message}`);
    this.status = status;
  }
}

/** A decoded object; only what the master itself looks at. */
export interface KubernetesObject {
  metadata?: { name?: string; namespace?: string; resourceVersion?: string; uid?: string };
  spec?: { nodeName?: string; unschedulable?: boolean; taints?: Taint[] };
  status?: { conditions?: NodeCondition[]; capacity?: Record<string, string> };
  items?: KubernetesObject[];
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface NodeCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastHeartbeatTime?: string;
  lastTransitionTime?: string;
}

const NEVER = new AbortController().signal;
const USER = { name: 'system:k3s-daas-master', groups: ['system:masters'] };

/** The master's own calls to the Kubernetes API, in process. */
export class KubernetesClient {
  readonly #handle: (request: ApiRequest) => Promise<ApiResponse>;

  constructor(handle: (request: ApiRequest) => Promise<ApiResponse>) {
    this.#handle = handle;
  }

  /** Undefined when there is no such object. */
  async get(path: string): Promise<KubernetesObject | undefined> {
    return await this.#orNothing(404, () => this.#call('GET', path));
  }

  /** Answers false when the object exists already. */
  async create(path: string, object: object): Promise<boolean> {
    return (await this.#orNothing(409, () => this.#call('POST', path, object))) !== undefined;
  }

  /** A merge patch; undefined when there is no such object. */
  async patch(path: string, change: object): Promise<KubernetesObject | undefined> {
    const type = 'application/merge-patch+json';
    return await this.#orNothing(404, () => this.#call('PATCH', path, change, type));
  }

  /** A strategic merge patch; undefined when there is no such object. */
  async strategicPatch(path: string, change: object): Promise<KubernetesObject | undefined> {
    const type = 'application/strategic-merge-patch+json';
    return await this.#orNothing(404, () => this.#call('PATCH', path, change, type));
  }

  /** Deletes at once; nothing happens when there is no such object. */
  async delete(path: string): Promise<void> {
    await this.#orNothing(404, () => this.#call('DELETE', path, { gracePeriodSeconds: 0 }));
  }

  /** Every object of a collection that the field selector lets through. */
  async list(path: string, fieldSelector: string): Promise<KubernetesObject[]> {
    const answer = await this.#call('GET', `${path}?fieldSelector=${encodeURIComponent(fieldSelector)}`);
    return answer.items ?? [];
  }

  async #call(
    method: string,
    target: string,
    body?: object,
    contentType = 'application/json',
  ): Promise<KubernetesObject> {
    const [path = '', query = ''] = target.split('?', 2);
    const response = await this.#handle({
      method,
      path,
      query,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) },
      body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
      user: USER,
      signal: NEVER,
      requestId: '',
    });
    const text = response.body instanceof Uint8Array ? Buffer.from(response.body).toString('utf8') : '{}';
    const object = JSON.parse(text) as KubernetesObject & { message?: string };
    if (response.status >= 300) {
      throw new KubernetesCallError(response.status, `${method} ${path}`, object.message ?? '');
    }
    return object;
  }

  async #orNothing<T>(status: number, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof KubernetesCallError && error.status === status) return undefined;
      throw error;
    }
  }
}
