import type { FieldError } from '../errors.ts';
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired } from '../errors.ts';
import { qualifiedNameProblem } from '../meta/names.ts';
import type { KubeObject, Node } from '../meta/objects.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';

const asNode = (object: KubeObject): Node => object as Node;
const ROLE = 'node-role.kubernetes.io/';

export const nodes = define({
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  description: 'A worker that runs pods.',
  subresources: ['status'],
  columns: [
    nameColumn,
    column('Status'),
    column('Roles'),
    ageColumn,
    column('Version'),
    column('Internal-IP', { wide: true }),
    column('External-IP', { wide: true }),
    column('OS-Image', { wide: true }),
    column('Kernel-Version', { wide: true }),
    column('Container-Runtime', { wide: true }),
  ],
  cells: (object, now) => {
    const node = asNode(object);
    const info = node.status?.nodeInfo ?? {};
    const address = (type: string): string =>
      node.status?.addresses?.find((item) => item.type === type)?.address ?? '<none>';
    return [
      node.metadata.name,
      nodeStatus(node),
      roles(node),
      age(node.metadata.creationTimestamp, now),
      info['kubeletVersion'] ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info['osImage'] ?? '<unknown>',
      info['kernelVersion'] ?? '<unknown>',
      info['containerRuntimeVersion'] ?? '<unknown>',
    ];
  },
  fields: { 'spec.unschedulable': (object) => String(asNode(object).spec?.unschedulable ?? false) },
  validate: (object, old) => {
    const errors = [...taintErrors(asNode(object))];
    if (old === undefined) return errors;
    for (const field of ['podCIDR', 'providerID'] as const) {
      const before = asNode(old).spec?.[field];
      if (before !== undefined && before !== asNode(object).spec?.[field]) {
        errors.push(fieldForbidden(`spec.${field}`, 'node updates may not change it once it is set'));
      }
    }
    return errors;
  },
});

function* taintErrors(node: Node): Iterable<FieldError> {
  for (const [index, taint] of (node.spec?.taints ?? []).entries()) {
    const path = `spec.taints[${index}]`;
    const problem = qualifiedNameProblem(taint.key ?? '');
    if (problem !== undefined) yield fieldInvalid(`${path}.key`, taint.key ?? '', problem);
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
    if (taint.effect === undefined || taint.effect === '') yield fieldRequired(`${path}.effect`);
    else if (!effects.includes(taint.effect))
      yield fieldNotSupported(`${path}.effect`, taint.effect, effects);
  }
}

function nodeStatus(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

function roles(node: Node): string {
  const names = Object.keys(node.metadata.labels ?? {})
    .filter((key) => key.startsWith(ROLE) && key.length > ROLE.length)
    .map((key) => key.slice(ROLE.length));
  return names.length === 0 ? '<none>' : names.toSorted().join(',');
}
