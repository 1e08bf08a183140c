import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../meta/json.ts';
import { encodeJson } from '../meta/json.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { apiVersionOf, groups, resources } from '../resources/table.ts';
import type { Field, Scalar, Schema, StructSchema } from '../schema/notation.ts';
import { qualifiedName, schemaOf } from '../schema/schemas.ts';

const documents = new Map<string, { bytes: Uint8Array; hash: string }>();

/** GET /openapi/v3: where each group's document is; the hash lets clients keep it. */
export function openApiIndex(): JsonObject {
  const paths: JsonObject = {};
  for (const { group, version } of [{ group: '', version: 'v1' }, ...groups]) {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${document(group, version).hash}` };
  }
  return { paths };
}

/** GET /openapi/v3/<path>; undefined for a group the server does not have. */
export function openApiDocument(group: string, version: string): Uint8Array | undefined {
  return resources.some((resource) => resource.group === group && resource.version === version)
    ? document(group, version).bytes
    : undefined;
}

function document(group: string, version: string): { bytes: Uint8Array; hash: string } {
  const key = apiVersionOf({ group, version });
  const made = documents.get(key);
  if (made !== undefined) return made;
  const kinds = resources.filter((resource) => resource.group === group && resource.version === version);
  const schemas: JsonObject = {};
  const paths: JsonObject = {};
  for (const resource of kinds) {
    addSchema(schemas, schemaOf(resource.type), resource);
    addPaths(paths, resource);
  }
  const bytes = encodeJson({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.32' },
    paths,
    components: { schemas },
  });
  const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  const entry = { bytes, hash };
  documents.set(key, entry);
  return entry;
}

function addPaths(paths: JsonObject, resource: ResourceDefinition): void {
  const { group, version, kind, plural, namespaced, type } = resource;
  const base = `/${group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const common = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    responses: { '200': { description: 'OK', content: { 'application/json': { schema: reference(type) } } } },
  });
  // kubectl looks here for fieldValidation: with it, it leaves validation to the server.
  const write = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => queryParameter(name));
  paths[base] = {
    post: {
      ...common('post'),
      parameters: write,
      requestBody: { content: { '*/*': { schema: reference(type) } } },
    },
  };
  if (resource.virtual) return;
  paths[`${base}/{name}`] = {
    parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
    get: common('get'),
    put: { ...common('put'), parameters: write },
    patch: { ...common('patch'), parameters: [...write, queryParameter('force')] },
    delete: common('delete'),
  };
}

const queryParameter = (name: string): JsonObject => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
});

const reference = (type: string): JsonObject => ({ $ref: `#/components/schemas/${qualifiedName(type)}` });

function addSchema(schemas: JsonObject, struct: StructSchema, resource?: ResourceDefinition): void {
  const name = qualifiedName(struct.name);
  if (schemas[name] !== undefined) return;
  const properties: JsonObject = {};
  const out: JsonObject = { type: 'object', properties };
  schemas[name] = out;
  for (const [field, info] of struct.fields) {
    properties[field] = { ...describe(info.schema, schemas), ...extensions(info) };
  }
  const required = [...struct.fields].filter(([, info]) => info.required).map(([field]) => field);
  if (required.length > 0) out['required'] = required;
  if (struct.atomic) out['x-kubernetes-map-type'] = 'atomic';
  if (resource === undefined) return;
  const { group, version, kind, description } = resource;
  out['description'] = description;
  out['x-kubernetes-group-version-kind'] = [{ group, version, kind }];
}

function describe(schema: Schema, schemas: JsonObject): JsonObject {
  switch (schema.type) {
    case 'scalar':
      return scalarSchema(schema.scalar);
    case 'list':
      return { type: 'array', items: describe(schema.items, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: describe(schema.values, schemas) };
    case 'struct':
      addSchema(schemas, schema);
      // A reference beside other keywords has to stand in an allOf.
      return { allOf: [reference(schema.name)], default: {} };
    default:
      return schema satisfies never;
  }
}

function scalarSchema(scalar: Scalar): JsonObject {
  switch (scalar) {
    case 'string':
      return { type: 'string' };
    case 'int':
      return { type: 'integer', format: 'int64' };
    case 'bool':
      return { type: 'boolean' };
    case 'time':
    case 'microtime':
      return { type: 'string', format: 'date-time' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'quantity':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'intOrString':
      return { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' };
    case 'json':
      return { type: 'object' };
    default:
      return scalar satisfies never;
  }
}

function extensions({ schema, retainKeys, fallback }: Field): JsonObject {
  const out: JsonObject = {};
  const strategies: Json[] = [];
  if (schema.type === 'list') {
    if (schema.keys.length > 0) {
      out['x-kubernetes-list-type'] = 'map';
      out['x-kubernetes-list-map-keys'] = [...schema.keys];
      out['x-kubernetes-patch-merge-key'] = schema.keys[0] ?? '';
    } else out['x-kubernetes-list-type'] = schema.set ? 'set' : 'atomic';
    if (schema.keys.length > 0 || schema.set) strategies.push('merge');
  }
  if (retainKeys) strategies.push('retainKeys');
  if (strategies.length > 0) out['x-kubernetes-patch-strategy'] = strategies.join(',');
  if (schema.type === 'map' && schema.atomic) out['x-kubernetes-map-type'] = 'atomic';
  if (fallback !== undefined) out['default'] = fallback;
  return out;
}
