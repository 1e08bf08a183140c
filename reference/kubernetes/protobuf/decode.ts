import { badRequest, unsupportedMediaType } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { isObject, setOwn } from '../meta/json.ts';
import type { Scalar, Schema, StructSchema } from '../schema/notation.ts';
import { schemaOf } from '../schema/schemas.ts';
import { fieldNumbers } from './field-numbers.ts';
import type { WireField } from './wire.ts';
import { wireFields } from './wire.ts';

/** `k8s` and a zero byte. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const ACCEPTED = ['application/json', 'application/yaml'];

const numbers = new Map(
  fieldNumbers
    .trim()
    .split('\n')
    .map((line) => {
      const [type = '', body = ''] = line.split(':');
      const fields = body.split(',').map((part) => part.trim().split(' '));
      return [type, new Map(fields.map(([number, name = '']) => [Number(number), name]))] as const;
    }),
);

/**
 * Reads a Kubernetes protobuf body (the magic, then runtime.Unknown) as JSON. Throws 415 for a kind or a
 * field this server does not know in protobuf, and 400 for bytes that are no protobuf.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw badRequest('the body is not in the protobuf format of Kubernetes');
  try {
    return decodeUnknown(bytes.subarray(MAGIC.length));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest(`the protobuf body is malformed: ${error.message}`);
  }
}

/** runtime.Unknown: 1 typeMeta (1 apiVersion, 2 kind), 2 raw, 3 contentEncoding, 4 contentType. */
function decodeUnknown(bytes: Uint8Array): JsonObject {
  let typeMeta = new Uint8Array(0);
  let raw = new Uint8Array(0);
  for (const field of wireFields(bytes)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) typeMeta = Uint8Array.from(field.value);
    else if (field.number === 2) raw = Uint8Array.from(field.value);
    else if (field.number === 3 && field.value.length > 0) throw unreadable('an encoded body');
  }
  const names = ['', '', ''];
  for (const field of wireFields(typeMeta))
    if (field.type === 'bytes') names[field.number] = text(field.value);
  const [, apiVersion = '', kind = ''] = names;
  if (!numbers.has(kind)) throw unreadable(`${apiVersion} ${kind}`);
  return { ...decodeMessage(raw, schemaOf(kind)), apiVersion, kind };
}

function decodeMessage(bytes: Uint8Array, schema: StructSchema): JsonObject {
  const known = numbers.get(schema.name);
  const out: JsonObject = {};
  for (const field of wireFields(bytes)) {
    const name = known?.get(field.number);
    const info = name === undefined ? undefined : schema.fields.get(name);
    if (name === undefined || info === undefined) {
      // What the client left unset still comes as an empty message.
      if (field.type === 'bytes' && field.value.length === 0) continue;
      throw unreadable(`field ${field.number} of ${schema.name}`);
    }
    addField(out, name, info.schema, field);
  }
  return out;
}

function addField(out: JsonObject, name: string, schema: Schema, field: WireField): void {
  const present = out[name];
  if (schema.type === 'list') {
    out[name] = [...(Array.isArray(present) ? present : []), decodeValue(field, schema.items)];
  } else if (schema.type === 'map') {
    const map: JsonObject = isObject(present) ? present : {};
    const entry = mapEntry(field, schema.values);
    setOwn(map, entry.key, entry.value);
    out[name] = map;
  } else {
    const value = decodeValue(field, schema);
    // Go writes unset strings as empty ones.
    if (value !== '' && value !== null) out[name] = value;
  }
}

function mapEntry(field: WireField, schema: Schema): { key: string; value: Json } {
  let key = '';
  let value: Json = '';
  for (const part of wireFields(bytesOf(field))) {
    if (part.number === 1) key = text(bytesOf(part));
    else if (part.number === 2) value = decodeValue(part, schema);
  }
  return { key, value };
}

function decodeValue(field: WireField, schema: Schema): Json {
  switch (schema.type) {
    case 'struct':
      return decodeMessage(bytesOf(field), schema);
    case 'scalar':
      return decodeScalar(field, schema.scalar);
    case 'list':
    case 'map':
      throw unreadable('a list of lists');
    default:
      return schema satisfies never;
  }
}

function decodeScalar(field: WireField, scalar: Scalar): Json {
  switch (scalar) {
    case 'string':
      return text(bytesOf(field));
    case 'int':
      return Number(integerOf(field));
    case 'bool':
      return integerOf(field) !== 0n;
    case 'bytes':
      return Buffer.from(bytesOf(field)).toString('base64');
    case 'time':
    case 'microtime':
      return decodeTime(bytesOf(field));
    case 'quantity':
      // Quantity: 1 string
      return text(bytesOf([...wireFields(bytesOf(field))].find(({ number }) => number === 1) ?? field));
    case 'intOrString':
      return decodeIntOrString(bytesOf(field));
    case 'json':
      throw unreadable('a free-form field');
    default:
      return scalar satisfies never;
  }
}

/** Time: 1 seconds, 2 nanos; the zero time comes as an empty message. */
function decodeTime(bytes: Uint8Array): Json {
  const parts = [...wireFields(bytes)];
  if (parts.length === 0) return null;
  const part = (number: number): number => {
    const found = parts.find((field) => field.number === number);
    return found === undefined ? 0 : Number(integerOf(found));
  };
  const ms = part(1) * 1000 + part(2) / 1e6;
  if (Math.abs(ms) > 8.64e15) throw new RangeError('a time is out of range');
  return new Date(ms).toISOString();
}

/** IntOrString: 1 type (0 int, 1 string), 2 intVal, 3 strVal. */
function decodeIntOrString(bytes: Uint8Array): Json {
  const parts = new Map([...wireFields(bytes)].map((field) => [field.number, field]));
  const type = parts.get(1);
  const value = parts.get(type !== undefined && integerOf(type) === 1n ? 3 : 2);
  if (value === undefined) return type !== undefined && integerOf(type) === 1n ? '' : 0;
  return value.type === 'varint' ? Number(value.value) : text(bytesOf(value));
}

function bytesOf(field: WireField): Uint8Array {
  if (field.type !== 'bytes') throw new RangeError(`field ${field.number} has the wrong wire type`);
  return field.value;
}

function integerOf(field: WireField): bigint {
  if (field.type !== 'varint') throw new RangeError(`field ${field.number} has the wrong wire type`);
  return field.value;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new RangeError('a string is not UTF-8', { cause });
  }
}

function unreadable(what: string): Error {
  return unsupportedMediaType(ACCEPTED, `${what} cannot be read from protobuf`);
}
