import { Agent } from 'undici';
import type { JoinInfo } from './types.ts';

/** Part of a Kubernetes object that the agent looks at. */
export interface KubeObject {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject & { code?: number };
}

/** The API said no. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  constructor(status: number, what: string) {
    super(`${what}: ${status}`);
    this.status = status;
  }
}

export type PatchType = 'strategic-merge-patch' | 'merge-patch';

/** Longest wait for an answer that is no watch, milliseconds. */
const TIMEOUT_MS = 10_000;

/** Seconds after which a watch is begun anew: one whose peer is gone without a word would be followed for ever. */
const WATCH_SECONDS = 20;
/** How much longer the server may take to end it. */
const GRACE_SECONDS = 5;

/** The few calls an agent makes, over kept connections; redirects are not followed. */
export class KubeClient {
  readonly #origin: string;
  readonly #authorization: string;
  readonly #agent: Agent;

  readonly #watchSeconds: number;
  readonly #graceSeconds: number;

  constructor(join: JoinInfo, options: { watchSeconds?: number; graceSeconds?: number } = {}) {
    this.#watchSeconds = options.watchSeconds ?? WATCH_SECONDS;
    this.#graceSeconds = options.graceSeconds ?? GRACE_SECONDS;
    this.#origin = join.server;
    this.#authorization = `Bearer ${join.token}`;
    this.#agent = new Agent({
      connections: 8,
      connect: {
        minVersion: 'TLSv1.3',
        ...(join.ca === undefined ? {} : { ca: join.ca }),
        ...join.clientCertificate,
      },
    });
  }

  get<T extends object>(path: string, signal: AbortSignal): Promise<T> {
    return this.#call<T>('GET', path, undefined, '', signal);
  }

  create(path: string, object: object, signal: AbortSignal): Promise<object> {
    return this.#call('POST', path, JSON.stringify(object), 'application/json', signal);
  }

  patch(
    path: string,
    change: object,
    signal: AbortSignal,
    type: PatchType = 'strategic-merge-patch',
  ): Promise<object> {
    return this.#call('PATCH', path, JSON.stringify(change), `application/${type}+json`, signal);
  }

  /** Confirms that a pod is gone; of this very pod, not of a later one with its name. */
  remove(path: string, uid: string | undefined, signal: AbortSignal): Promise<object> {
    const options = { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { preconditions: { uid } }) };
    return this.#call('DELETE', path, JSON.stringify(options), 'application/json', signal);
  }

  /** Plain text, for log lines. */
  async post(path: string, text: string, signal: AbortSignal): Promise<void> {
    await this.#call('POST', path, text, 'text/plain', signal);
  }

  /** Events of a watch until the server ends it, as it is asked to now and then, or `signal` aborts. Rejects when it fell silent. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const { statusCode, body } = await this.#agent.request({
      origin: this.#origin,
      path: `${path}&timeoutSeconds=${this.#watchSeconds}`,
      method: 'GET',
      headers: { authorization: this.#authorization, accept: 'application/json' },
      signal,
      bodyTimeout: (this.#watchSeconds + this.#graceSeconds) * 1000,
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new KubeError(statusCode, 'watch');
    }
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #call<T extends object>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: string | undefined,
    contentType: string,
    signal: AbortSignal,
  ): Promise<T> {
    const response = await this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers: {
        authorization: this.#authorization,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      body: body ?? null,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300)
      throw new KubeError(response.statusCode, `${method} ${path.split('?', 1)[0]}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
}

/** Runs a call and answers undefined where the API said `status`. */
export async function unless<T>(status: number, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KubeError && error.status === status) return undefined;
    throw error;
  }
}
