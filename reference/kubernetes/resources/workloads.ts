import type { FieldError } from '../errors.ts';
import { fieldInvalid, fieldNotSupported, fieldRequired } from '../errors.ts';
import { deepEqual } from '../meta/json.ts';
import type { Deployment, KubeObject, PodTemplate, ReplicaSet } from '../meta/objects.ts';
import { formatLabelSelector, matcherOf } from '../selectors/labels.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';
import { defaultPodSpec } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

const asDeployment = (object: KubeObject): Deployment => object as Deployment;
const asReplicaSet = (object: KubeObject): ReplicaSet => object as ReplicaSet;

const wideColumns = ['Containers', 'Images', 'Selector'].map((name) => column(name, { wide: true }));

function wideCells({
  template,
  selector,
}: {
  template: PodTemplate;
  selector: Deployment['spec']['selector'];
}): string[] {
  const containers = template.spec.containers;
  return [
    containers.map(({ name }) => name).join(','),
    containers.map(({ image }) => image ?? '').join(','),
    formatLabelSelector(selector),
  ];
}

export const deployments = define({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  description:
    'Keeps a number of equal pods running and replaces them step by step when their template changes.',
  subresources: ['status', 'scale'],
  generation: true,
  columns: [
    nameColumn,
    column('Ready'),
    column('Up-to-date', { type: 'integer' }),
    column('Available', { type: 'integer' }),
    ageColumn,
    ...wideColumns,
  ],
  cells: (object, now) => {
    const { metadata, spec, status } = asDeployment(object);
    return [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...wideCells(spec),
    ];
  },
  defaults: (object) => {
    const { spec } = asDeployment(object);
    if (spec === undefined) return;
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    spec.strategy ??= {};
    spec.strategy.type ??= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate = {
        maxUnavailable: '25%',
        maxSurge: '25%',
        ...spec.strategy.rollingUpdate,
      };
    }
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  validate: (object, old) => {
    const { spec } = asDeployment(object);
    const errors = workloadErrors(spec, old === undefined ? undefined : asDeployment(old).spec);
    const type = spec?.strategy?.type;
    if (type !== undefined && type !== 'Recreate' && type !== 'RollingUpdate') {
      errors.push(fieldNotSupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate']));
    }
    if (type === 'Recreate' && spec?.strategy?.rollingUpdate !== undefined) {
      errors.push({
        reason: 'FieldValueForbidden',
        field: 'spec.strategy.rollingUpdate',
        message: "Forbidden: may not be specified when strategy `type` is 'Recreate'",
      });
    }
    return [...errors, ...rollingErrors(spec?.strategy?.rollingUpdate)];
  },
});

export const replicaSets = define({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  description: 'Keeps a number of equal pods running.',
  subresources: ['status', 'scale'],
  generation: true,
  columns: [
    nameColumn,
    column('Desired', { type: 'integer' }),
    column('Current', { type: 'integer' }),
    column('Ready', { type: 'integer' }),
    ageColumn,
    ...wideColumns,
  ],
  cells: (object, now) => {
    const { metadata, spec, status } = asReplicaSet(object);
    return [
      metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(metadata.creationTimestamp, now),
      ...wideCells(spec),
    ];
  },
  fields: { 'status.replicas': (object) => String(asReplicaSet(object).status?.replicas ?? 0) },
  defaults: (object) => {
    const { spec } = asReplicaSet(object);
    if (spec === undefined) return;
    spec.replicas ??= 1;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  prepareCreate: (object) => {
    asReplicaSet(object).status = { replicas: 0 };
  },
  validate: (object, old) =>
    workloadErrors(asReplicaSet(object).spec, old === undefined ? undefined : asReplicaSet(old).spec),
});

type WorkloadSpec = Pick<Deployment['spec'], 'replicas' | 'selector' | 'template' | 'minReadySeconds'>;

function workloadErrors(spec: WorkloadSpec | undefined, old: WorkloadSpec | undefined): FieldError[] {
  if (spec === undefined) return [fieldRequired('spec.selector'), fieldRequired('spec.template')];
  const errors: FieldError[] = [];
  for (const field of ['replicas', 'minReadySeconds'] as const) {
    const value = spec[field] ?? 0;
    if (value < 0) errors.push(fieldInvalid(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  const { selector, template } = spec;
  if (selector === undefined) errors.push(fieldRequired('spec.selector'));
  else if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    errors.push(fieldInvalid('spec.selector', selector, 'empty selector is invalid for deployment'));
  } else if (old !== undefined && !deepEqual(old.selector, selector)) {
    errors.push(fieldInvalid('spec.selector', selector, 'field is immutable'));
  }
  if (template === undefined) return [...errors, fieldRequired('spec.template')];
  const labels = template.metadata?.labels;
  if (selector !== undefined && !matcherOf(selector)(labels)) {
    errors.push(
      fieldInvalid(
        'spec.template.metadata.labels',
        labels ?? {},
        '`selector` does not match template `labels`',
      ),
    );
  }
  errors.push(...validatePodSpec(template.spec, 'spec.template.spec'));
  const restart = template.spec?.restartPolicy;
  if (restart === 'OnFailure' || restart === 'Never') {
    errors.push(fieldNotSupported('spec.template.spec.restartPolicy', restart, ['Always']));
  }
  return errors;
}

function rollingErrors(
  rolling: { maxSurge?: number | string; maxUnavailable?: number | string } = {},
): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['maxSurge', 'maxUnavailable'] as const) {
    const value = rolling[field];
    const fits = typeof value === 'number' ? value >= 0 : value === undefined || /^\d+%$/u.test(value);
    if (!fits) {
      errors.push(
        fieldInvalid(
          `spec.strategy.rollingUpdate.${field}`,
          value,
          'must be a non-negative integer or a percentage',
        ),
      );
    }
  }
  if (isZero(rolling.maxSurge) && isZero(rolling.maxUnavailable)) {
    errors.push(
      fieldInvalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rolling.maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  }
  return errors;
}

const isZero = (value: number | string | undefined): boolean => value === 0 || value === '0%';
