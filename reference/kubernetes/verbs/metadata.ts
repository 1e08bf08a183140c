import type { FieldError } from '../errors.ts';
import { conflict, fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired } from '../errors.ts';
import { deepEqual } from '../meta/json.ts';
import { labelValueProblem, nameProblem, nameSuffix, qualifiedNameProblem, uuid } from '../meta/names.ts';
import type { KubeObject, ObjectMeta } from '../meta/objects.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { timestamp } from '../clock.ts';
import type { Machinery, Target } from './context.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Gives a new object what only the server decides. A name is made from generateName when there is none. */
export function initialMetadata(given: ObjectMeta, target: Target, machinery: Machinery): ObjectMeta {
  const {
    uid: _uid,
    resourceVersion: _version,
    selfLink: _link,
    deletionTimestamp: _deletion,
    ...rest
  } = given as ObjectMeta & { selfLink?: string };
  const { deletionGracePeriodSeconds: _grace, generation: _generation, ...kept } = rest;
  const prefix = given.generateName ?? '';
  const named =
    (given.name ?? '') === '' && prefix !== ''
      ? prefix.slice(0, 248) + nameSuffix(machinery.random)
      : given.name;
  return {
    ...kept,
    name: named,
    ...(target.resource.namespaced ? { namespace: target.namespace } : {}),
    uid: uuid(machinery.random),
    creationTimestamp: timestamp(machinery.clock.nowMs()),
    ...(target.resource.generation ? { generation: 1 } : {}),
  };
}

/**
 * Puts back what a client cannot change and refuses what it may not try to. `put` requests carry the whole
 * object, so a foreign uid there is a stale view (409) rather than an invalid value.
 */
export function keepMetadata(next: KubeObject, old: KubeObject, target: Target, put: boolean): FieldError[] {
  const { metadata } = next;
  const before = old.metadata;
  const errors: FieldError[] = [];
  if (metadata.uid !== undefined && metadata.uid !== '' && metadata.uid !== before.uid) {
    if (put) {
      throw conflict(
        target.resource,
        target.name,
        `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${before.uid}`,
      );
    }
    errors.push(fieldInvalid('metadata.uid', metadata.uid, 'field is immutable'));
  }
  for (const field of ['creationTimestamp', 'deletionTimestamp'] as const) {
    if (metadata[field] !== undefined && metadata[field] !== before[field]) {
      errors.push(fieldInvalid(`metadata.${field}`, metadata[field], 'field is immutable'));
    }
  }
  const added = (metadata.finalizers ?? []).filter((item) => !(before.finalizers ?? []).includes(item));
  if (before.deletionTimestamp !== undefined && added.length > 0) {
    errors.push(
      fieldForbidden(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
      ),
    );
  }
  for (const field of FIXED) {
    const value = before[field];
    if (value === undefined) delete metadata[field];
    else Object.assign(metadata, { [field]: value });
  }
  return errors;
}

const FIXED = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'generateName',
] as const;

/** Counts a change of the desired state, which is everything but metadata and status. */
export function nextGeneration(next: KubeObject, old: KubeObject): number {
  const before = old.metadata.generation ?? 1;
  const { metadata: _m1, status: _s1, ...desired } = next;
  const { metadata: _m2, status: _s2, ...previous } = old;
  return deepEqual(desired, previous) ? before : before + 1;
}

export function validateMetadata(metadata: ObjectMeta, resource: ResourceDefinition): FieldError[] {
  const errors: FieldError[] = [];
  if ((metadata.name ?? '') === '')
    errors.push(fieldRequired('metadata.name', 'name or generateName is required'));
  else {
    const problem = nameProblem(metadata.name, resource.nameRule);
    if (problem !== undefined) errors.push(fieldInvalid('metadata.name', metadata.name, problem));
  }
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    const problem = qualifiedNameProblem(key);
    if (problem !== undefined) errors.push(fieldInvalid('metadata.labels', key, problem));
    const wrong = labelValueProblem(value);
    if (wrong !== undefined) errors.push(fieldInvalid('metadata.labels', value, wrong));
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== undefined) errors.push(fieldInvalid('metadata.annotations', key, problem));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    });
  }
  for (const finalizer of metadata.finalizers ?? []) {
    const problem = qualifiedNameProblem(finalizer);
    if (problem !== undefined) errors.push(fieldInvalid('metadata.finalizers', finalizer, problem));
  }
  return [...errors, ...ownerErrors(metadata)];
}

function* ownerErrors({ ownerReferences = [] }: ObjectMeta): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [index, owner] of ownerReferences.entries()) {
    const path = `metadata.ownerReferences[${index}]`;
    for (const field of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      if ((owner[field] ?? '') === '') yield fieldRequired(`${path}.${field}`, 'must not be empty');
    }
    if (seen.has(owner.uid)) yield fieldDuplicate(`${path}.uid`, owner.uid);
    seen.add(owner.uid);
  }
  const controllers = ownerReferences.filter(({ controller }) => controller === true);
  if (controllers.length > 1) {
    yield fieldInvalid(
      'metadata.ownerReferences',
      controllers.map(({ name }) => name),
      'Only one reference can have Controller set to true',
    );
  }
}
