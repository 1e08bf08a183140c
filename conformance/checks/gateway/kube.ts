import type { HttpAnswer, SendOptions } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { RUN_LABEL, namespacePrefix } from '../../target/cluster-info.ts';
import type { Actor } from '../../world/actors.ts';
import { GatewayClient } from '../../world/gateway-client.ts';
import type { KubeAccess, KubeClient } from '../../world/kube-client.ts';
import { outcomeOf } from './late-answer.ts';
import { Watch } from './watch.ts';

/** Groups and versions of these resources; of all others v1. */
const GROUP_VERSIONS: Readonly<Record<string, string>> = {
  deployments: 'apps/v1',
  replicasets: 'apps/v1',
  leases: 'coordination.k8s.io/v1',
};
const KINDS = { configmaps: 'ConfigMap', secrets: 'Secret' } as const;
const CLUSTER_WIDE = new Set(['namespaces', 'nodes']);

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_TYPES: Record<PatchKind, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const PATIENCE_MS = 10_000;

/** Somebody at work in one namespace: an actor through the gateway, or the user of a kubeconfig at a cluster. */
export class Kube {
  readonly t: CheckContext;
  readonly client: KubeClient;
  readonly namespace: string;

  constructor(t: CheckContext, by: Actor | KubeClient, namespace: string) {
    this.t = t;
    this.client = 'send' in by ? by : new GatewayClient(t, by);
    this.namespace = namespace;
  }

  /** The same in another namespace. */
  in(namespace: string): Kube {
    return new Kube(this.t, this.client, namespace);
  }

  /** Who works through the gateway; untestable at a cluster, which knows no actors. */
  get actor(): Actor {
    if (this.client instanceof GatewayClient) return this.client.actor;
    throw new Untestable('the target is a cluster, where nobody has a wallet');
  }

  /** Group, version, plural and kind of a resource as this server has it; untestable when a cluster does not serve it. */
  resource(name: string): { group: string; version: string; plural: string; kind: string } {
    const standIn = isStandable(name) ? this.t.cluster?.standIns[name] : undefined;
    if (standIn) return standIn;
    const groupVersion = GROUP_VERSIONS[name] ?? 'v1';
    if (!this.serves(name)) throw new Untestable(`the cluster does not serve ${groupVersion} ${name}`);
    const [version = '', group = ''] = groupVersion.split('/').toReversed();
    return { group, version, plural: name, kind: isStandable(name) ? KINDS[name] : '' };
  }

  /** Whether the resource itself is there, not one in its place. */
  serves(name: string): boolean {
    const { cluster } = this.t;
    return cluster === undefined || cluster.served.includes(`${GROUP_VERSIONS[name] ?? 'v1'}/${name}`);
  }

  /** apiVersion and kind of its objects. */
  type(resource: 'configmaps' | 'secrets'): { apiVersion: string; kind: string } {
    const { group, version, kind } = this.resource(resource);
    return { apiVersion: group === '' ? version : `${group}/${version}`, kind };
  }

  /** Merge patches that the resource knows: custom resources have no strategic ones. */
  merges(resource: 'configmaps' | 'secrets'): readonly ('merge' | 'strategic')[] {
    return this.resource(resource).group === '' ? ['merge', 'strategic'] : ['merge'];
  }

  /** Path of a collection, an object or a subresource. */
  path(resource: string, name = '', subresource = ''): string {
    const where = CLUSTER_WIDE.has(resource) ? '' : `/namespaces/${this.namespace}`;
    return this.#path(resource, where, name, subresource);
  }

  /** Path of a collection in all namespaces. */
  everywhere(resource: string): string {
    return this.#path(resource, '');
  }

  #path(resource: string, where: string, ...rest: string[]): string {
    const { group, version, plural } = this.resource(resource);
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    return [`${root}${where}/${plural}`, ...rest].filter((part) => part !== '').join('/');
  }

  /**
   * Asks as stock clients do, whatever a busy machine is at: 429 is waited out as told, so is a namespace without the
   * account that its pods run as, and a write that was not answered in time is answered by its outcome.
   */
  async send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    const { client } = this;
    const ask = (): Promise<HttpAnswer> => client.send(method, target, options);
    let answer = await ask();
    for (const until = Date.now() + PATIENCE_MS; isForNow(answer) && Date.now() < until;) {
      await pause(Number(answer.headers['retry-after'] ?? 1) * 1000, this.t.signal);
      answer = await ask();
    }
    const isLate = answer.status === 504 && method !== 'GET' && client instanceof GatewayClient;
    return isLate ? outcomeOf(this.t, client.actor, answer) : answer;
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
    const stream = await this.client.stream(target, { headers });
    const watch = new Watch(stream);
    this.t.defer(() => watch.close());
    return watch;
  }

  /** What another connection needs to speak for the same client. */
  access(): Promise<KubeAccess> {
    return this.client.access();
  }

  /** A ConfigMap for this namespace. */
  configMap(name: string, data: Record<string, string> = {}, metadata: object = {}): object {
    return {
      ...this.type('configmaps'),
      metadata: { name, namespace: this.namespace, ...metadata },
      data,
    };
  }

  /** A Secret; in no namespace but its own is there ever one of somebody else. */
  secret(name: string, data: Record<string, string> = {}): object {
    const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    return { ...this.type('secrets'), metadata: { name }, data: Object.fromEntries(encoded) };
  }
}

const isForNow = ({ status: code, text }: HttpAnswer): boolean =>
  code === 429 || (code === 403 && text.includes('serviceaccount \\"default\\" not found'));

/** The shared administrator, or the user of the kubeconfig, in a namespace that checks of this process share. */
export async function kube(t: CheckContext): Promise<Kube> {
  const make = async (own: CheckContext): Promise<string> => newNamespace(own, await administrator(own));
  return new Kube(t, await administrator(t), await t.shared('a namespace', make, { again: true }));
}

/** An administrator, the shared one unless told, in a namespace of the check's own that goes when it ends. */
export async function ownKube(t: CheckContext, by?: Actor | KubeClient): Promise<Kube> {
  const admin = by ?? (await administrator(t));
  const own = new Kube(t, admin, await newNamespace(t, admin));
  if (own.serves('namespaces'))
    t.defer(async () => {
      await own.client.send('DELETE', own.path('namespaces', own.namespace)).catch(() => undefined);
    });
  return own;
}

/** A second administrator, where there are several; at a cluster the same user again. */
export async function otherAdministrator(t: CheckContext): Promise<Actor | KubeClient> {
  return t.cluster ? t.clusterClient() : t.actors.fresh('admin');
}

async function administrator(t: CheckContext): Promise<Actor | KubeClient> {
  return t.cluster ? t.clusterClient() : t.actors.shared('admin');
}

/** Where namespaces are no objects any name is one. */
async function newNamespace(t: CheckContext, admin: Actor | KubeClient): Promise<string> {
  const name = t.cluster ? t.name(`${namespacePrefix(t.cluster)}gw`) : t.name('gw');
  const root = new Kube(t, admin, name);
  if (!root.serves('namespaces')) return name;
  const labels = t.cluster && { labels: { [RUN_LABEL]: t.cluster.run } };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...labels } };
  status(await root.create('namespaces', body), 201);
  return name;
}

const isStandable = (name: string): name is keyof typeof KINDS => name in KINDS;

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

/** apiVersion and kind of an object. */
export const typeOf = (object: unknown): object => ({
  apiVersion: at(object, 'apiVersion'),
  kind: at(object, 'kind'),
});

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
