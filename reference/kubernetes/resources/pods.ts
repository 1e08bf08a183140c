import type { Json } from '../meta/json.ts';
import type { KubeObject, Pod } from '../meta/objects.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';
import { admitPodSpec, defaultPodSpec, qosClass } from './pod-defaults.ts';
import { validatePodSpec, validatePodUpdate } from './pod-validation.ts';

const asPod = (object: KubeObject): Pod => object as Pod;

export const pods = define({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  description: 'A set of containers that run together on one node.',
  subresources: ['status', 'binding', 'eviction', 'log'],
  columns: [
    nameColumn,
    column('Ready'),
    column('Status'),
    column('Restarts'),
    ageColumn,
    column('IP', { wide: true }),
    column('Node', { wide: true }),
    column('Nominated Node', { wide: true }),
    column('Readiness Gates', { wide: true }),
  ],
  cells: podCells,
  fields: {
    'spec.nodeName': (object) => asPod(object).spec.nodeName ?? '',
    'spec.restartPolicy': (object) => asPod(object).spec.restartPolicy ?? '',
    'spec.schedulerName': (object) => asPod(object).spec.schedulerName ?? '',
    'spec.serviceAccountName': (object) => asPod(object).spec.serviceAccountName ?? '',
    'status.phase': (object) => asPod(object).status?.phase ?? '',
    'status.podIP': (object) => asPod(object).status?.podIP ?? '',
    'status.nominatedNodeName': (object) => asPod(object).status?.nominatedNodeName ?? '',
  },
  defaults: (object) => {
    if (asPod(object).spec !== undefined) defaultPodSpec(asPod(object).spec);
  },
  prepareCreate: (object) => {
    const pod = asPod(object);
    if (pod.spec === undefined) return;
    admitPodSpec(pod.spec);
    pod.status = {
      phase: 'Pending',
      qosClass: pod.spec.containers === undefined ? 'BestEffort' : qosClass(pod.spec),
    };
  },
  validate: (object, old) => {
    const errors = validatePodSpec(asPod(object).spec, 'spec');
    return errors.length > 0 || old === undefined ? errors : validatePodUpdate(asPod(object), asPod(old));
  },
  // Nobody has to stop a pod that is bound to no node or has ended.
  gracePeriod: (object, asked) => {
    const { spec, status } = asPod(object);
    if (spec.nodeName === undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
    return Math.max(0, asked ?? spec.terminationGracePeriodSeconds ?? 30);
  },
});

function podCells(object: KubeObject, now: number): Json[] {
  const pod = asPod(object);
  const statuses = pod.status?.containerStatuses ?? [];
  const restarts = statuses.reduce((sum, status) => sum + status.restartCount, 0);
  const gates = pod.spec.readinessGates ?? [];
  const met = gates.filter(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return [
    pod.metadata.name,
    `${statuses.filter(({ ready }) => ready).length}/${pod.spec.containers.length}`,
    podStatus(pod),
    String(restarts),
    age(pod.metadata.creationTimestamp, now),
    pod.status?.podIP ?? '<none>',
    pod.spec.nodeName ?? '<none>',
    pod.status?.nominatedNodeName ?? '<none>',
    gates.length === 0 ? '<none>' : `${met.length}/${gates.length}`,
  ];
}

/** The word kubectl shows: the most telling one of phase, reasons and deletion. */
function podStatus(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  let word = pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
  if (
    pod.status?.conditions?.some(
      ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
    )
  ) {
    word = 'SchedulingGated';
  }
  for (const { state } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting?.reason !== undefined) word = state.waiting.reason;
    else if (state?.terminated !== undefined) {
      const { reason, signal, exitCode } = state.terminated;
      word = reason ?? (signal === undefined ? `ExitCode:${exitCode ?? 0}` : `Signal:${signal}`);
    }
  }
  return word;
}
