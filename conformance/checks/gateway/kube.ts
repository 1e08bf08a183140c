import type { HttpAnswer, SendOptions } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, status } from '../../runner/expectations.ts';
import type { Actor, Actors } from '../../world/actors.ts';
import { Watch } from './watch.ts';

/** Where the collections of these resources are. */
const ROOTS: Readonly<Record<string, string>> = {
  deployments: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  leases: '/apis/coordination.k8s.io/v1',
};
const CLUSTER_WIDE = new Set(['namespaces', 'nodes']);

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_TYPES: Record<PatchKind, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const PATIENCE_MS = 10_000;

/** One actor at work in one namespace through the gateway. */
export class Kube {
  readonly t: CheckContext;
  readonly actor: Actor;
  readonly namespace: string;

  constructor(t: CheckContext, actor: Actor, namespace: string) {
    this.t = t;
    this.actor = actor;
    this.namespace = namespace;
  }

  /** Path of a collection, an object or a subresource. */
  path(resource: string, name = '', subresource = ''): string {
    const root = ROOTS[resource] ?? '/api/v1';
    const where = CLUSTER_WIDE.has(resource) ? '' : `/namespaces/${this.namespace}`;
    return [`${root}${where}/${resource}`, name, subresource].filter((part) => part !== '').join('/');
  }

  /**
   * Asks as stock clients do, whatever a busy machine is at: 429 is waited out as told, and a write that was not answered
   * in time is answered by its outcome.
   */
  async send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    const ask = (): Promise<HttpAnswer> => this.t.gateway.as(this.actor, method, target, options);
    let answer = await ask();
    for (const until = Date.now() + PATIENCE_MS; answer.status === 429 && Date.now() < until;) {
      await pause(Number(answer.headers['retry-after'] ?? 1) * 1000, this.t.signal);
      answer = await ask();
    }
    return answer.status === 504 && method !== 'GET' ? outcomeOf(this.t, this.actor, answer) : answer;
  }

  get(resource: string, name: string, query = ''): Promise<HttpAnswer> {
    return this.send('GET', this.path(resource, name) + query);
  }

  list(resource: string, query = ''): Promise<HttpAnswer> {
    return this.send('GET', this.path(resource) + query);
  }

  create(resource: string, body: object, query = ''): Promise<HttpAnswer> {
    return this.send('POST', this.path(resource) + query, { body });
  }

  replace(resource: string, name: string, body: object, query = ''): Promise<HttpAnswer> {
    return this.send('PUT', this.path(resource, name) + query, { body });
  }

  patch(resource: string, name: string, kind: PatchKind, body: object, query = ''): Promise<HttpAnswer> {
    return this.send('PATCH', this.path(resource, name) + query, {
      headers: { 'content-type': PATCH_TYPES[kind] },
      body,
    });
  }

  remove(resource: string, name: string, options?: object, query = ''): Promise<HttpAnswer> {
    return this.send('DELETE', this.path(resource, name) + query, options && { body: options });
  }

  /** Creates an object that must be accepted, and gives it as stored. */
  async made(resource: string, body: object): Promise<unknown> {
    const answer = await this.create(resource, body);
    status(answer, 201);
    return answer.json;
  }

  /** The object as it stands. */
  async present(resource: string, name: string): Promise<unknown> {
    const answer = await this.get(resource, name);
    status(answer, 200);
    return answer.json;
  }

  /** The resourceVersion of the collection now. */
  async revision(resource: string): Promise<string> {
    const answer = await this.list(resource, '?limit=1');
    status(answer, 200);
    return String(at(answer.json, 'metadata', 'resourceVersion'));
  }

  /** Opens a watch; it is closed when the check ends. */
  async watch(resource: string, query = '', headers: Record<string, string> = {}): Promise<Watch> {
    const target = `${this.path(resource)}?watch=true${query === '' ? '' : `&${query}`}`;
    const stream = await this.t.gateway.stream(this.actor, target, { headers });
    const watch = new Watch(stream);
    this.t.defer(() => watch.close());
    return watch;
  }

  /** A ConfigMap for this namespace. */
  configMap(name: string, data: Record<string, string> = {}, metadata: object = {}): object {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: this.namespace, ...metadata },
      data,
    };
  }
}

/** The outcome of a request that ended in 504, under its own request id; the 504 itself when there is none to come. */
export async function outcomeOf(t: CheckContext, actor: Actor, late: HttpAnswer): Promise<HttpAnswer> {
  const id = late.headers['audit-id'] ?? '';
  const ask = async (): Promise<HttpAnswer | undefined> => {
    const answer = await t.gateway.as(actor, 'GET', `/daas/v1/requests/${id}`);
    if (answer.status === 202) return undefined;
    const code: unknown = at(answer.json, 'status_code');
    return answer.status === 200 && typeof code === 'number' ? recorded(id, code, answer) : late;
  };
  return eventually(`the outcome of ${id}`, ask, { withinMs: 10_000, intervalMs: 100 });
}

/** The answer that a record of one holds. */
function recorded(id: string, code: number, answer: HttpAnswer): HttpAnswer {
  const body = Buffer.from(String(at(answer.json, 'body')), 'base64url');
  const text = body.toString('utf8');
  const headers = { 'audit-id': id, 'content-type': String(at(answer.json, 'content_type')) };
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: code, headers, body, text, json, exchange: answer.exchange };
}

const sharedNamespaces = new WeakMap<Actors, Promise<string>>();

/** The shared administrator in a namespace that checks of this process share. */
export async function kube(t: CheckContext): Promise<Kube> {
  const admin = await t.actors.shared('admin');
  const made = sharedNamespaces.get(t.actors) ?? newNamespace(t, admin);
  sharedNamespaces.set(t.actors, made);
  made.catch(() => sharedNamespaces.delete(t.actors));
  return new Kube(t, admin, await made);
}

/** An administrator, the shared one unless told, in a namespace of the check's own that goes when it ends. */
export async function ownKube(t: CheckContext, actor?: Actor): Promise<Kube> {
  const admin = actor ?? (await t.actors.shared('admin'));
  const own = new Kube(t, admin, await newNamespace(t, admin));
  t.defer(async () => {
    await t.gateway.as(admin, 'DELETE', `/api/v1/namespaces/${own.namespace}`).catch(() => undefined);
  });
  return own;
}

async function newNamespace(t: CheckContext, admin: Actor): Promise<string> {
  const name = t.name('gw');
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  status(await new Kube(t, admin, '').send('POST', '/api/v1/namespaces', { body }), 201);
  return name;
}

/** A container spec that asks for nothing. */
export const container = (name = 'main'): Record<string, unknown> => ({ name, image: 'pause:3.10' });

/** A Deployment of pods labelled `app=<name>`. */
export function deployment(name: string, namespace: string, replicas: number, spec: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...spec } },
    },
  };
}

/** metadata.resourceVersion of an object. */
export const versionOf = (object: unknown): string => String(at(object, 'metadata', 'resourceVersion'));

/** metadata.name of each item of a list, in its order. */
export function namesOf(list: unknown): string[] {
  const items = at(list, 'items');
  return Array.isArray(items) ? items.map((item) => String(at(item, 'metadata', 'name'))) : [];
}

/** A Pod that only waits. */
export function pod(name: string, namespace: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...metadata },
    spec: { containers: [container()], ...spec },
  };
}
