import { poll } from '../drivers/wait.ts';
import { describeError } from '../errors.ts';
import { at } from '../runner/expectations.ts';
import type { KubeClient } from '../world/kube-client.ts';
import { RUN_LABEL, namespacePrefix, type ClusterInfo } from './cluster-info.ts';
import type { CustomResource } from './types.ts';

const GONE_MS = 90_000;
const NO_FINALIZERS = {
  headers: { 'content-type': 'application/merge-patch+json' },
  body: { metadata: { finalizers: null } },
};
/** Names and finalizers are enough. */
const METADATA = {
  headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' },
};

/**
 * Removes what a run left in a cluster: its namespaces, or where namespaces are no objects its custom resources in them.
 * What cannot be removed is said with the command that does it.
 */
export async function removeNamespaces(
  client: KubeClient,
  info: ClusterInfo,
  progress: (line: string) => void,
): Promise<void> {
  progress('removing the namespaces of this run');
  const round = info.served.includes('v1/namespaces') ? removedNamespaces : removedObjects;
  let why = '';
  const gone = await poll(
    async () => {
      try {
        return (await round(client, info)) ? true : undefined;
      } catch (error) {
        why = `: ${describeError(error)}`;
        return undefined;
      }
    },
    { timeoutMs: GONE_MS, intervalMs: 500 },
  );
  if (gone) return;
  progress(
    `the namespaces of this run are not gone after ${GONE_MS / 1000} s${why}; ` +
      `remove them with: kubectl delete namespace -l ${RUN_LABEL}=${info.run}`,
  );
}

/** One round; true when none is left. */
async function removedNamespaces(client: KubeClient, info: ClusterInfo): Promise<boolean> {
  const query = `labelSelector=${encodeURIComponent(`${RUN_LABEL}=${info.run}`)}`;
  const left = itemsOf((await client.send('GET', `/api/v1/namespaces?${query}`)).json).map(nameOf);
  const roots = [
    { root: '/api/v1', plural: 'configmaps' },
    ...Object.values(info.standIns).map((one) => ({ root: rootOf(one), plural: one.plural })),
  ];
  for (const namespace of left) {
    // What a check that failed had put a finalizer on would hold its namespace for ever.
    for (const { root, plural } of roots) {
      const collection = `${root}/namespaces/${namespace}/${plural}`;
      const objects = itemsOf((await client.send('GET', collection, METADATA)).json);
      for (const one of objects.filter(isHeld))
        await client.send('PATCH', `${collection}/${nameOf(one)}`, NO_FINALIZERS);
    }
    await client.send('DELETE', `/api/v1/namespaces/${namespace}`);
    await removeUnstarted(client, `/api/v1/namespaces/${namespace}/pods`);
  }
  return left.length === 0;
}

/** Pods on nodes that never were: nobody is there to end them, and they hold their namespace. */
async function removeUnstarted(client: KubeClient, pods: string): Promise<void> {
  const waiting = itemsOf((await client.send('GET', pods)).json).filter(
    (pod) =>
      at(pod, 'metadata', 'deletionTimestamp') !== undefined && at(pod, 'status', 'startTime') === undefined,
  );
  for (const pod of waiting) await client.send('DELETE', `${pods}/${nameOf(pod)}?gracePeriodSeconds=0`);
}

async function removedObjects(client: KubeClient, info: ClusterInfo): Promise<boolean> {
  let left = 0;
  for (const one of Object.values(info.standIns)) {
    const objects = itemsOf((await client.send('GET', `${rootOf(one)}/${one.plural}`, METADATA)).json);
    for (const object of objects) {
      const namespace = String(at(object, 'metadata', 'namespace'));
      if (!namespace.startsWith(namespacePrefix(info))) continue;
      left += 1;
      const path = `${rootOf(one)}/namespaces/${namespace}/${one.plural}/${nameOf(object)}`;
      if (isHeld(object)) await client.send('PATCH', path, NO_FINALIZERS);
      await client.send('DELETE', path);
    }
  }
  return left === 0;
}

const rootOf = ({ group, version }: CustomResource): string => `/apis/${group}/${version}`;
const nameOf = (object: unknown): string => String(at(object, 'metadata', 'name'));
const isHeld = (object: unknown): boolean => listed(at(object, 'metadata', 'finalizers')).length > 0;
const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const itemsOf = (list: unknown): unknown[] => listed(at(list, 'items'));
