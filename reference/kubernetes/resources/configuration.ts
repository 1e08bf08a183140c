import type { FieldError } from '../errors.ts';
import { fieldForbidden, fieldInvalid, fieldRequired } from '../errors.ts';
import { deepEqual } from '../meta/json.ts';
import { configKeyProblem } from '../meta/names.ts';
import type { KubeObject } from '../meta/objects.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';

interface Configuration extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
  type?: string;
}

const asConfiguration = (object: KubeObject): Configuration => object as Configuration;

/** Kubernetes' bound on the data of one object, in bytes. */
const MAX_BYTES = 1024 * 1024;

export const configMaps = define({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  description: 'Configuration data for pods.',
  columns: [nameColumn, column('Data', { type: 'integer' }), ageColumn],
  cells: (object, now) => {
    const { metadata, data = {}, binaryData = {} } = asConfiguration(object);
    return [
      metadata.name,
      Object.keys(data).length + Object.keys(binaryData).length,
      age(metadata.creationTimestamp, now),
    ];
  },
  validate: (object, old) => {
    const { data = {}, binaryData = {} } = asConfiguration(object);
    const errors = [...keyErrors('data', data), ...keyErrors('binaryData', binaryData)];
    for (const key of Object.keys(binaryData)) {
      if (Object.hasOwn(data, key))
        errors.push(fieldInvalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    return [...errors, ...sizeErrors('', [data, binaryData]), ...immutableErrors(object, old)];
  },
});

export const secrets = define({
  kind: 'Secret',
  plural: 'secrets',
  description: 'Data for pods that should not be shown, such as passwords.',
  columns: [nameColumn, column('Type'), column('Data', { type: 'integer' }), ageColumn],
  cells: (object, now) => {
    const { metadata, data = {}, type = '' } = asConfiguration(object);
    return [metadata.name, type, Object.keys(data).length, age(metadata.creationTimestamp, now)];
  },
  fields: { type: (object) => asConfiguration(object).type ?? '' },
  defaults: (object) => {
    const secret = asConfiguration(object);
    secret.type ??= 'Opaque';
    if (secret.stringData === undefined) return;
    // stringData is for writing only.
    const written = Object.entries(secret.stringData).map(([key, text]) => [
      key,
      Buffer.from(text).toString('base64'),
    ]);
    secret.data = { ...secret.data, ...Object.fromEntries(written) };
    delete secret.stringData;
  },
  validate: (object, old) => {
    const { data = {}, type } = asConfiguration(object);
    const errors = [
      ...keyErrors('data', data),
      ...sizeErrors('data', [data]),
      ...immutableErrors(object, old),
    ];
    if (old !== undefined && type !== asConfiguration(old).type)
      errors.push(fieldInvalid('type', type, 'field is immutable'));
    for (const key of requiredKeys(type)) {
      if (!Object.hasOwn(data, key)) errors.push(fieldRequired(`data[${key}]`));
    }
    return errors;
  },
});

function requiredKeys(type: string | undefined): readonly string[] {
  switch (type) {
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'];
    case 'kubernetes.io/dockerconfigjson':
      return ['.dockerconfigjson'];
    case 'kubernetes.io/ssh-auth':
      return ['ssh-privatekey'];
    default:
      return [];
  }
}

export const serviceAccounts = define({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  description: 'An identity for the processes of a pod.',
  columns: [nameColumn, column('Secrets', { type: 'integer' }), ageColumn],
  cells: (object, now) => {
    const secretsOf = object['secrets'];
    return [
      object.metadata.name,
      Array.isArray(secretsOf) ? secretsOf.length : 0,
      age(object.metadata.creationTimestamp, now),
    ];
  },
});

function* keyErrors(field: string, data: Record<string, string>): Iterable<FieldError> {
  for (const key of Object.keys(data)) {
    const problem = configKeyProblem(key);
    if (problem !== undefined) yield fieldInvalid(`${field}[${key}]`, key, problem);
  }
}

function* sizeErrors(field: string, data: readonly Record<string, string>[]): Iterable<FieldError> {
  let bytes = 0;
  for (const part of data) for (const value of Object.values(part)) bytes += Buffer.byteLength(value);
  if (bytes > MAX_BYTES) {
    yield {
      reason: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${MAX_BYTES} bytes`,
    };
  }
}

function* immutableErrors(object: KubeObject, before: KubeObject | undefined): Iterable<FieldError> {
  if (before === undefined) return;
  const [next, old] = [asConfiguration(object), asConfiguration(before)];
  if (old.immutable !== true) return;
  if (next.immutable !== true)
    yield fieldForbidden('immutable', 'field is immutable when `immutable` is set');
  for (const field of ['data', 'binaryData'] as const) {
    if (!deepEqual(next[field] ?? {}, old[field] ?? {})) {
      yield fieldForbidden(field, 'field is immutable when `immutable` is set');
    }
  }
}
