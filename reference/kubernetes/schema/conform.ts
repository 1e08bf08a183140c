import { badRequest } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { isObject, setOwn } from '../meta/json.ts';
import { parseQuantity } from '../quantity.ts';
import type { Scalar, Schema, StructSchema } from './notation.ts';

export interface Conformed {
  object: JsonObject;
  /** Paths of fields the type does not have, such as `spec.containers[0].imagee`; they are dropped. */
  unknown: string[];
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/**
 * Fits untrusted JSON to a type: nulls, unknown fields and empty optional collections go, everything else must have
 * its type.
 * Throws BadRequest at the first value of a wrong type.
 */
export function conform(value: Json, schema: StructSchema): Conformed {
  const unknown: string[] = [];
  const object = conformValue(value, schema, '', schema.name, unknown);
  return { object: object as JsonObject, unknown };
}

function conformValue(value: Json, schema: Schema, path: string, root: string, unknown: string[]): Json {
  switch (schema.type) {
    case 'scalar':
      return conformScalar(value, schema.scalar, path, root);
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, 'array', path, root);
      return value.map((item, index) =>
        item === null && schema.items.type !== 'scalar'
          ? {}
          : conformValue(item, schema.items, `${path}[${index}]`, root, unknown),
      );
    case 'map': {
      if (!isObject(value)) throw mismatch(value, 'map', path, root);
      const out: JsonObject = {};
      for (const key of Object.keys(value)) {
        const item = value[key];
        // A null in a map of strings reads as the empty string, as it does in Go.
        if (item === undefined || (item === null && schema.values.type !== 'scalar')) continue;
        setOwn(
          out,
          key,
          item === null ? '' : conformValue(item, schema.values, `${path}.${key}`, root, unknown),
        );
      }
      return out;
    }
    case 'struct': {
      if (!isObject(value)) throw mismatch(value, 'object', path, root);
      const out: JsonObject = {};
      for (const key of Object.keys(value)) {
        const item = value[key];
        const field = schema.fields.get(key);
        const at = path === '' ? key : `${path}.${key}`;
        if (field === undefined) unknown.push(at);
        else if (item !== null && item !== undefined) {
          const fitted = conformValue(item, field.schema, at, root, unknown);
          // As Go's `omitempty` has it: an optional list or map without entries is not there.
          if (field.required || !isEmptyCollection(field.schema, fitted)) out[key] = fitted;
        }
      }
      return out;
    }
    default:
      return schema satisfies never;
  }
}

function isEmptyCollection(schema: Schema, value: Json): boolean {
  if (schema.type === 'list') return Array.isArray(value) && value.length === 0;
  return schema.type === 'map' && isObject(value) && Object.keys(value).length === 0;
}

function conformScalar(value: Json, scalar: Scalar, path: string, root: string): Json {
  switch (scalar) {
    case 'json':
      return value;
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case 'int':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      break;
    case 'intOrString':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value)))
        return value;
      break;
    case 'time':
    case 'microtime':
      if (typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value))) {
        return scalar === 'time' ? wholeSeconds(value) : value;
      }
      break;
    case 'quantity':
      if (typeof value === 'string' || typeof value === 'number') {
        if (parseQuantity(String(value)) !== undefined) return String(value);
        throw badRequest(
          `${root} cannot be handled as a ${root}: ${path}: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
        );
      }
      break;
    case 'bytes':
      if (typeof value === 'string') {
        if (BASE64.test(value.replaceAll(/[\r\n]/gu, ''))) return value;
        throw badRequest(`${root} cannot be handled as a ${root}: illegal base64 data in field ${path}`);
      }
      break;
    default:
      return scalar satisfies never;
  }
  throw mismatch(value, scalar, path, root);
}

/** metav1.Time has no fractions and is in UTC. */
function wholeSeconds(text: string): string {
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}

function mismatch(value: Json, wanted: string, path: string, root: string): Error {
  const got = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  return badRequest(
    `${root} cannot be handled as a ${root}: json: cannot unmarshal ${got} into field ${path === '' ? root : path} of type ${wanted}`,
  );
}
