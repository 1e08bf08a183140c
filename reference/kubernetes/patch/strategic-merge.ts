import { badRequest } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { deepEqual, isObject, own, setOwn } from '../meta/json.ts';
import type { Field, ListSchema, Schema, StructSchema } from '../schema/notation.ts';

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';
const ORDER = '$setElementOrder/';

/**
 * Kubernetes' strategic merge patch: objects merge, lists with a merge key merge item by item, other lists
 * are replaced. Leaves its arguments alone. Throws BadRequest for directives that make no sense.
 */
export function applyStrategicMerge(target: JsonObject, patch: Json, schema: StructSchema): JsonObject {
  if (!isObject(patch)) throw badRequest('a strategic merge patch is an object');
  const merged = mergeObject(target, patch, schema);
  return merged ?? {};
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject | undefined {
  const directive = own(patch, PATCH);
  if (directive === 'delete') return undefined;
  if (directive === 'replace') return withoutDirectives(patch) as JsonObject;
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`invalid value of $patch: ${JSON.stringify(directive)}`);
  }
  const out: JsonObject = { ...target };
  retainKeys(out, patch);
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined || key === PATCH || key === RETAIN) continue;
    if (key.startsWith(DELETE_PRIMITIVES)) deleteFromSet(out, key.slice(DELETE_PRIMITIVES.length), value);
    else if (key.startsWith(ORDER)) continue;
    else if (value === null) delete out[key];
    else mergeField(out, key, value, schema);
  }
  // Orders count for the merged lists, so they come last.
  for (const key of Object.keys(patch)) {
    if (key.startsWith(ORDER)) reorder(out, key.slice(ORDER.length), patch[key] ?? null, schema);
  }
  return out;
}

function mergeField(out: JsonObject, key: string, value: Json, schema: Schema): void {
  const sub = fieldSchema(schema, key);
  const present = own(out, key);
  if (isObject(value)) {
    const merged = mergeObject(isObject(present) ? present : {}, value, sub ?? schemaLess);
    if (merged === undefined) delete out[key];
    else setOwn(out, key, merged);
  } else if (Array.isArray(value) && sub?.type === 'list' && Array.isArray(present)) {
    setOwn(out, key, mergeList(present, value, sub));
  } else if (Array.isArray(value)) {
    setOwn(out, key, sub?.type === 'list' ? mergeList([], value, sub) : (withoutDirectives(value) as Json[]));
  } else setOwn(out, key, value);
}

function mergeList(target: readonly Json[], patch: readonly Json[], schema: ListSchema): Json[] {
  const [key] = schema.keys;
  if (schema.set)
    return [...target, ...patch.filter((item) => !target.some((other) => deepEqual(other, item)))];
  const replaced = patch.some((item) => isObject(item) && own(item, PATCH) === 'replace');
  if (key === undefined || replaced) {
    return patch.filter((item) => !isObject(item) || own(item, PATCH) === undefined).map(withoutDirectives);
  }
  let out = [...target];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest('an item of a list that merges by key is not an object');
    const id = own(item, key);
    if (id === undefined)
      throw badRequest(
        `map: ${JSON.stringify(Object.keys(item))} does not contain declared merge key: ${key}`,
      );
    const same = (other: Json): boolean => isObject(other) && deepEqual(own(other, key), id);
    if (own(item, PATCH) === 'delete') {
      out = out.filter((other) => !same(other));
      continue;
    }
    const at = out.findIndex(same);
    const merged = mergeObject((out[at] as JsonObject | undefined) ?? {}, item, schema.items);
    if (merged === undefined) continue;
    if (at === -1) out.push(merged);
    else out[at] = merged;
  }
  return out;
}

/** Everything that `$retainKeys` does not name goes, for objects that are one of several alternatives. */
function retainKeys(out: JsonObject, patch: JsonObject): void {
  const retained = own(patch, RETAIN);
  if (retained === undefined) return;
  if (!Array.isArray(retained)) throw badRequest('$retainKeys is a list of keys');
  for (const key of Object.keys(out)) if (!retained.includes(key)) delete out[key];
}

function deleteFromSet(out: JsonObject, key: string, values: Json): void {
  const present = own(out, key);
  if (!Array.isArray(values)) throw badRequest(`${DELETE_PRIMITIVES}${key} is a list of values`);
  if (Array.isArray(present)) {
    setOwn(
      out,
      key,
      present.filter((item) => !values.some((value) => deepEqual(value, item))),
    );
  }
}

/** Items named by the order come in that order; the others keep their place after the ones before them. */
function reorder(out: JsonObject, key: string, order: Json, schema: Schema): void {
  const present = own(out, key);
  if (!Array.isArray(order)) throw badRequest(`${ORDER}${key} is a list`);
  if (!Array.isArray(present)) return;
  const sub = fieldSchema(schema, key);
  const mergeKey = sub?.type === 'list' ? sub.keys[0] : undefined;
  const idOf = (item: Json): Json | undefined =>
    mergeKey !== undefined && isObject(item) ? own(item, mergeKey) : item;
  const rank = (item: Json): number => order.findIndex((wanted) => deepEqual(idOf(wanted), idOf(item)));
  const ordered = present
    .filter((item) => rank(item) !== -1)
    .toSorted((left, right) => rank(left) - rank(right));
  let next = 0;
  setOwn(
    out,
    key,
    present.map((item) => (rank(item) === -1 ? item : (ordered[next++] ?? item))),
  );
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined || item === null || key === PATCH || key === RETAIN) continue;
    if (!key.startsWith(DELETE_PRIMITIVES) && !key.startsWith(ORDER))
      setOwn(out, key, withoutDirectives(item));
  }
  return out;
}

const schemaLess: Schema = { type: 'scalar', scalar: 'json' };

function fieldSchema(schema: Schema, key: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  const field: Field | undefined = schema.type === 'struct' ? schema.fields.get(key) : undefined;
  return field?.schema;
}
