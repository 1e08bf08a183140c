import { isObject } from '../meta/json.ts';
import type { Node, Pod, Taint, Toleration } from '../meta/objects.ts';
import type { Amounts } from './resources.ts';
import { allocatableOf, requestsOf } from './resources.ts';

/** Why a node cannot take a pod, in the scheduler's words; undefined when it can. */
export type Filter = (pod: Pod, node: Node, used: Readonly<Amounts>) => string | undefined;

export const isReady: Filter = (_pod, node) => {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && node.metadata.deletionTimestamp === undefined
    ? undefined
    : 'node(s) were not ready';
};

export const isSchedulable: Filter = (pod, node) =>
  node.spec?.unschedulable === true &&
  !tolerates(pod.spec.tolerations, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })
    ? 'node(s) were unschedulable'
    : undefined;

export const hasNoForbiddingTaint: Filter = (pod, node) => {
  const taint = node.spec?.taints?.find(
    (item) => item.effect !== 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, item),
  );
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
};

export const matchesSelector: Filter = (pod, node) => {
  const labels = node.metadata.labels ?? {};
  const fits = Object.entries(pod.spec.nodeSelector ?? {}).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
  return fits && matchesAffinity(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
};

export const hasRoom: Filter = (pod, node, used) => {
  const wanted = requestsOf(pod);
  const free = allocatableOf(node);
  if (used.pods + 1 > free.pods) return 'Too many pods';
  if (wanted.cpu > 0 && used.cpu + wanted.cpu > free.cpu) return 'Insufficient cpu';
  if (wanted.memory > 0 && used.memory + wanted.memory > free.memory) return 'Insufficient memory';
  return undefined;
};

/** The order in which a node's first objection is named. */
export const filters: readonly Filter[] = [
  isReady,
  isSchedulable,
  hasNoForbiddingTaint,
  matchesSelector,
  hasRoom,
];

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === '' || key === taint.key;
    return key === taint.key && value === (taint.value ?? '');
  });
}

interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

function matchesAffinity(pod: Pod, node: Node): boolean {
  const affinity: unknown = Reflect.get(pod.spec, 'affinity');
  const nodeAffinity = isObject(affinity) ? affinity['nodeAffinity'] : undefined;
  const required = isObject(nodeAffinity)
    ? nodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
    : undefined;
  if (!isObject(required)) return true;
  const terms = (required['nodeSelectorTerms'] ?? []) as unknown as Term[];
  return terms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((item) => meets(item, node.metadata.labels?.[item.key])) &&
      matchFields.every((item) => item.key === 'metadata.name' && meets(item, node.metadata.name)),
  );
}

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
