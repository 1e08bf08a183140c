import type { Deployment, ReplicaSet } from '../meta/objects.ts';

interface Bounds {
  surge: number;
  unavailable: number;
}

/** The next step from the old sets to the new one that keeps within maxSurge and maxUnavailable. */
export function planRollout(
  deployment: Deployment,
  fresh: ReplicaSet,
  old: readonly ReplicaSet[],
): Map<string, number> {
  const desired = deployment.spec.replicas ?? 1;
  const plan = new Map<string, number>();
  const propose = (set: ReplicaSet, replicas: number): void => {
    if (replicas !== (set.spec.replicas ?? 0)) plan.set(set.metadata.name, replicas);
  };
  const running = old.filter((set) => replicasOf(set) > 0);
  if (deployment.spec.strategy?.type === 'Recreate') {
    for (const set of running) propose(set, 0);
    // Nothing new starts before the last old pod has gone.
    if (old.every((set) => (set.status?.replicas ?? 0) === 0 && replicasOf(set) === 0))
      propose(fresh, desired);
    return plan;
  }
  if (running.length === 0) {
    propose(fresh, desired);
    return plan;
  }
  const { surge, unavailable } = boundsOf(deployment, desired);
  const total = replicasOf(fresh) + sum(running, replicasOf);
  const present = replicasOf(fresh);
  const grown =
    present > desired ? desired : Math.min(desired, present + Math.max(0, desired + surge - total));
  propose(fresh, grown);
  let spare = sum(running, availableOf) + Math.min(availableOf(fresh), grown) - (desired - unavailable);
  for (const set of running.toSorted(oldestFirst)) {
    // Pods that do not work are nothing anybody would miss.
    const broken = Math.max(0, replicasOf(set) - availableOf(set));
    const down = Math.min(replicasOf(set), broken + Math.max(0, spare));
    spare -= Math.max(0, down - broken);
    propose(set, replicasOf(set) - down);
  }
  return plan;
}

function boundsOf({ spec }: Deployment, desired: number): Bounds {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = resolve(maxSurge, desired, Math.ceil);
  const unavailable = resolve(maxUnavailable, desired, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function resolve(value: number | string, desired: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * desired) / 100);
}

export const replicasOf = (set: ReplicaSet): number => set.spec.replicas ?? 0;
/** A status that is behind its spec still counts pods that are on their way out. */
const availableOf = (set: ReplicaSet): number =>
  Math.min(set.status?.availableReplicas ?? 0, replicasOf(set));

function oldestFirst(left: ReplicaSet, right: ReplicaSet): number {
  return (left.metadata.creationTimestamp ?? '').localeCompare(right.metadata.creationTimestamp ?? '');
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
