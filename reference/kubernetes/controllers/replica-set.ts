import { isApiError } from '../errors.ts';
import { ignoreRaces } from '../objects-api.ts';
import type { KubeObject, Pod, ReplicaSet } from '../meta/objects.ts';
import { pods } from '../resources/pods.ts';
import { replicaSets } from '../resources/workloads.ts';
import { matcherOf } from '../selectors/labels.ts';
import type { Controller, ControllerContext } from './context.ts';
import { controllerOf, ownerReference, queueOf, recordEvent } from './context.ts';
import { keyOf, splitKey } from './informer.ts';

const COMPONENT = 'replicaset-controller';
/** Pods made or removed in one go, so that a large set does not keep the others waiting. */
const BATCH = 100;

/** Keeps the number of pods of each replica set. */
export function replicaSetController(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, COMPONENT);
  const setInformer = context.informer(replicaSets);
  const podInformer = context.informer(pods);
  // Removed by us and perhaps still in the view.
  const removed = new Set<string>();

  setInformer.subscribe(({ key }) => queue.add(key));
  podInformer.subscribe(({ type, object }) => {
    if (type === 'delete') removed.delete(object.metadata.uid ?? '');
    const owner = controllerOf(object);
    if (owner?.kind === 'ReplicaSet') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });

  const reconcile = async (key: string): Promise<void> => {
    const { namespace, name } = splitKey(key);
    const set = (await objects.find(replicaSets, namespace, name)) as ReplicaSet | undefined;
    if (set === undefined || set.metadata.uid === undefined) return;
    const owned = podInformer.ownedBy(set.metadata.uid) as Pod[];
    const active = owned.filter((pod) => isActive(pod) && !removed.has(pod.metadata.uid ?? ''));
    if (set.metadata.deletionTimestamp === undefined) await adjust(set, active, key);
    await writeStatus(set, active);
  };

  const adjust = async (set: ReplicaSet, active: readonly Pod[], key: string): Promise<void> => {
    const missing = (set.spec.replicas ?? 1) - active.length;
    for (let count = 0; count < Math.min(missing, BATCH); count++) {
      const created = await createPod(context, set);
      if (created === undefined) return;
      await podInformer.reached(created.metadata.resourceVersion, signal);
    }
    const excess = Math.max(0, Math.min(-missing, BATCH));
    for (const pod of active.toSorted(byExpendability).slice(0, excess)) {
      removed.add(pod.metadata.uid ?? '');
      await objects
        .delete(pods, pod.metadata.namespace ?? '', pod.metadata.name, preconditionsOf(pod))
        .catch(ignoreRaces);
      await recordEvent(context, set, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
        component: COMPONENT,
      });
    }
    if (Math.abs(missing) > BATCH) queue.add(key);
  };

  const writeStatus = async (set: ReplicaSet, active: readonly Pod[]): Promise<void> => {
    const ready = active.filter(isReady).length;
    const labels = matcherOf({ matchLabels: set.spec.template.metadata?.labels ?? {} });
    const status = {
      replicas: active.length,
      fullyLabeledReplicas: active.filter((pod) => labels(pod.metadata.labels)).length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: set.metadata.generation ?? 1,
    };
    const { namespace = '', name } = set.metadata;
    await objects
      .update(
        replicaSets,
        namespace,
        name,
        (object) => Object.assign(object, { status: { ...(object as ReplicaSet).status, ...status } }),
        'status',
      )
      .catch(ignoreRaces);
  };

  return { run: () => queue.run(reconcile, signal) };
}

async function createPod(context: ControllerContext, set: ReplicaSet): Promise<KubeObject | undefined> {
  const { metadata = {}, spec } = structuredClone(set.spec.template);
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? '',
      ...(metadata.labels ? { labels: metadata.labels } : {}),
      ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [ownerReference(set)],
    } as KubeObject['metadata'],
    spec,
  };
  try {
    const created = await context.objects.create(pods, pod);
    await recordEvent(context, set, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${created.metadata.name}`,
      component: COMPONENT,
    });
    return created;
  } catch (error) {
    // The namespace is being deleted, and this set with it.
    if (isApiError(error, 'Forbidden') || isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

const preconditionsOf = ({ metadata }: KubeObject) =>
  metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };

function isActive({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'
  );
}

export function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ??
    false
  );
}

/** The pods one would miss least come first: not bound, not ready, newest. */
function byExpendability(left: Pod, right: Pod): number {
  return (
    worth(left) - worth(right) ||
    createdAt(right).localeCompare(createdAt(left)) ||
    keyOf(left).localeCompare(keyOf(right))
  );
}

const worth = (pod: Pod): number => (pod.spec.nodeName === undefined ? 0 : 1) + (isReady(pod) ? 2 : 0);
const createdAt = ({ metadata }: Pod): string => metadata.creationTimestamp ?? '';
