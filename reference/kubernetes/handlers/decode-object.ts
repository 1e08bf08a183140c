import { ApiError, badRequest } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { FieldValidation } from '../request/options.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { apiVersionOf } from '../resources/table.ts';
import { conform } from '../schema/conform.ts';
import { schemaOf } from '../schema/schemas.ts';

export interface Expected {
  apiVersion: string;
  kind: string;
  /** Schema. */
  type: string;
}

export function expectedOf(resource: ResourceDefinition): Expected {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, type: resource.type };
}

/**
 * Makes an object of untrusted JSON. Unknown and duplicate fields are an error, warnings or nothing, as
 * `validation` says. Throws BadRequest.
 */
export function decodeObject(
  value: JsonObject,
  duplicates: readonly string[],
  expected: Expected,
  validation: FieldValidation,
  warnings: string[],
): KubeObject {
  checkType(value, expected);
  const { object, unknown } = conform(value, schemaOf(expected.type));
  reportFields(expected, unknown, duplicates, validation, warnings);
  return {
    ...object,
    apiVersion: expected.apiVersion,
    kind: expected.kind,
    metadata: metadataOf(object['metadata']),
  };
}

function metadataOf(value: Json | undefined): KubeObject['metadata'] {
  return (isObject(value) ? value : {}) as unknown as KubeObject['metadata'];
}

function checkType(value: JsonObject, { apiVersion, kind }: Expected): void {
  const givenVersion = value['apiVersion'] ?? '';
  const givenKind = value['kind'] ?? '';
  if (givenVersion !== '' && givenVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${String(givenVersion)}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (givenKind !== '' && givenKind !== kind) {
    throw badRequest(`${String(givenKind)} in version "${apiVersion}" cannot be handled as a ${kind}`);
  }
}

/** Reports unknown and duplicate fields the way the client asked for. */
function reportFields(
  { apiVersion, kind }: Expected,
  unknown: readonly string[],
  duplicates: readonly string[],
  validation: FieldValidation,
  warnings: string[],
): void {
  const found = [
    ...unknown.map((path) => `unknown field "${path}"`),
    ...duplicates.map((path) => `duplicate field "${path}"`),
  ];
  if (found.length === 0 || validation === 'Ignore') return;
  if (validation === 'Warn') {
    warnings.push(...found);
    return;
  }
  throw new ApiError(
    400,
    'BadRequest',
    `${kind} in version "${apiVersion.split('/').at(-1)}" cannot be handled as a ${kind}: strict decoding error: ${found.join(', ')}`,
  );
}
