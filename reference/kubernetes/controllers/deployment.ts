import { createHash } from 'node:crypto';
import { timestamp } from '../clock.ts';
import { isApiError } from '../errors.ts';
import { isObject } from '../meta/json.ts';
import type { Condition, Deployment, KubeObject, PodTemplate, ReplicaSet } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { deployments, replicaSets } from '../resources/workloads.ts';
import type { Controller, ControllerContext } from './context.ts';
import { controllerOf, ownerReference, queueOf, recordEvent } from './context.ts';
import { splitKey } from './informer.ts';
import { planRollout, replicasOf, sum } from './rolling-update.ts';

const COMPONENT = 'deployment-controller';
const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

/** Makes a replica set for each template of a deployment and moves the replicas to the newest one. */
export function deploymentController(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, COMPONENT);
  const setInformer = context.informer(replicaSets);
  context.informer(deployments).subscribe(({ key }) => queue.add(key));
  setInformer.subscribe(({ object }) => {
    const owner = controllerOf(object);
    if (owner?.kind === 'Deployment') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });

  const reconcile = async (key: string): Promise<void> => {
    const { namespace, name } = splitKey(key);
    const deployment = (await objects.find(deployments, namespace, name)) as Deployment | undefined;
    if (deployment?.metadata.uid === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const owned = setInformer.ownedBy(deployment.metadata.uid) as ReplicaSet[];
    const hash = hashOf(deployment.spec.template);
    const isFresh = (set: ReplicaSet): boolean => set.metadata.labels?.[HASH_LABEL] === hash;
    const old = owned.filter((set) => !isFresh(set));
    const present = owned.find(isFresh);
    if (deployment.spec.paused === true) {
      await writeStatus(context, deployment, present, old);
      return;
    }
    const fresh = await withRevision(deployment, present ?? (await makeSet(deployment, hash)), old);
    if (fresh === undefined) return;
    for (const [setName, replicas] of planRollout(deployment, fresh, old))
      await scale(deployment, setName, replicas);
    await writeStatus(context, deployment, fresh, old);
    await forgetOldSets(deployment, old);
  };

  const makeSet = async (deployment: Deployment, hash: string): Promise<ReplicaSet | undefined> => {
    try {
      const created = await objects.create(replicaSets, newSet(deployment, hash));
      await setInformer.reached(created.metadata.resourceVersion, signal);
      return created as ReplicaSet;
    } catch (error) {
      // The namespace is on its way out, or the view lags and the set exists: its event brings us back.
      if (
        isApiError(error, 'Forbidden') ||
        isApiError(error, 'NotFound') ||
        isApiError(error, 'AlreadyExists')
      )
        return undefined;
      throw error;
    }
  };

  /** The newest template has the highest revision, also when it comes back after a rollback. */
  const withRevision = async (
    deployment: Deployment,
    set: ReplicaSet | undefined,
    old: readonly ReplicaSet[],
  ): Promise<ReplicaSet | undefined> => {
    if (set === undefined) return undefined;
    const highest = Math.max(0, ...old.map(revisionOf));
    const revision = revisionOf(set) > highest ? revisionOf(set) : highest + 1;
    const { namespace = '', name } = set.metadata;
    const annotate = (object: KubeObject): void => {
      object.metadata.annotations = { ...object.metadata.annotations, [REVISION]: String(revision) };
    };
    if (deployment.metadata.annotations?.[REVISION] !== String(revision)) {
      await objects.update(deployments, namespace, deployment.metadata.name, annotate).catch(ignoreRaces);
    }
    if (revisionOf(set) === revision) return set;
    const updated = await objects.update(replicaSets, namespace, name, annotate);
    await setInformer.reached(updated.metadata.resourceVersion, signal);
    return updated as ReplicaSet;
  };

  const scale = async (deployment: Deployment, name: string, replicas: number): Promise<void> => {
    const { namespace = '' } = deployment.metadata;
    let before = 0;
    const updated = await objects.update(replicaSets, namespace, name, (object) => {
      const { spec } = object as ReplicaSet;
      before = spec.replicas ?? 0;
      spec.replicas = replicas;
    });
    await setInformer.reached(updated.metadata.resourceVersion, signal);
    const message = `Scaled ${replicas > before ? 'up' : 'down'} replica set ${name} from ${before} to ${replicas}`;
    await recordEvent(context, deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message,
      component: COMPONENT,
    });
  };

  const forgetOldSets = async (deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> => {
    const idle = old.filter((set) => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
    const excess = idle.length - (deployment.spec.revisionHistoryLimit ?? 10);
    for (const set of idle
      .toSorted((left, right) => revisionOf(left) - revisionOf(right))
      .slice(0, Math.max(0, excess))) {
      await objects.delete(replicaSets, set.metadata.namespace ?? '', set.metadata.name).catch(ignoreRaces);
    }
  };

  return { run: () => queue.run(reconcile, signal) };
}

function newSet(deployment: Deployment, hash: string): KubeObject {
  const template = structuredClone(deployment.spec.template);
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH_LABEL]: hash } };
  const { matchLabels, matchExpressions } = deployment.spec.selector;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, [HASH_LABEL]: hash },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      selector: {
        ...(matchExpressions ? { matchExpressions } : {}),
        matchLabels: { ...matchLabels, [HASH_LABEL]: hash },
      },
      template,
    },
  };
}

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0);

/** Ten lower-case letters and digits that stand for a template. */
export function hashOf(template: PodTemplate): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(template)))
    .digest('hex')
    .slice(0, 10);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

async function writeStatus(
  { objects, clock }: ControllerContext,
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Promise<void> {
  const all = fresh === undefined ? old : [...old, fresh];
  const desired = deployment.spec.replicas ?? 1;
  const available = sum(all, (set) => set.status?.availableReplicas ?? 0);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, desired - available),
  };
  const done = counts.updatedReplicas === desired && counts.replicas === desired && available >= desired;
  const enough = available >= desired - Math.floor(desired / 4);
  const now = timestamp(clock.nowMs());
  const wanted: Condition[] = [
    {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
    },
    {
      type: 'Progressing',
      status: 'True',
      reason: done ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      message: `ReplicaSet "${fresh?.metadata.name ?? ''}" ${done ? 'has successfully progressed.' : 'is progressing.'}`,
    },
  ];
  const { namespace = '', name } = deployment.metadata;
  await objects
    .update(
      deployments,
      namespace,
      name,
      (object) => {
        const before = (object as Deployment).status?.conditions ?? [];
        const conditions = wanted.map((condition) => carryTimes(condition, before, now));
        Object.assign(object, { status: { ...counts, conditions } });
      },
      'status',
    )
    .catch(ignoreRaces);
}

/** Times move only with what they tell about. */
function carryTimes(condition: Condition, before: readonly Condition[], now: string): Condition {
  const last = before.find(({ type }) => type === condition.type);
  const sameStatus = last?.status === condition.status;
  const same = sameStatus && last.reason === condition.reason && last.message === condition.message;
  return {
    ...condition,
    lastTransitionTime: (sameStatus ? last.lastTransitionTime : undefined) ?? now,
    lastUpdateTime: (same ? last.lastUpdateTime : undefined) ?? now,
  };
}
