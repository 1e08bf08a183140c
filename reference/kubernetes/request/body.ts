import { createRequire } from 'node:module';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import { parseJsonBytes } from './json-text.ts';

const require = createRequire(import.meta.url);

/** Loaded with the first body that is YAML: nearly all are JSON, and a master shall start small. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');

export interface Body {
  value: Json;
  /** Paths of keys that occur twice. */
  duplicates: string[];
}

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Media type of a content-type header, without its parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads an object's body. Throws 400 for a malformed one and 415 for a format the server cannot read. */
export function readObjectBody(
  bytes: Uint8Array,
  contentType: string | undefined,
): Body & { value: JsonObject } {
  const { value, duplicates } = readBody(bytes, contentType);
  if (!isObject(value))
    throw badRequest('the object provided is unrecognized (must be of type JSON): the body is no object');
  return { value, duplicates };
}

function readBody(bytes: Uint8Array, contentType: string | undefined): Body {
  const type = mediaType(contentType);
  switch (type) {
    case '':
    case 'application/json':
      return parseJsonBytes(bytes);
    case 'application/yaml':
      return readYamlBody(bytes);
    case 'application/vnd.kubernetes.protobuf':
      return { value: decodeProtobuf(bytes), duplicates: [] };
    default:
      throw unsupportedMediaType(OBJECT_TYPES);
  }
}

/** YAML, of which JSON is a part. Anchors that would multiply are refused. */
export function readYamlBody(bytes: Uint8Array): Body {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  if (first === 0x7b) return parseJsonBytes(bytes);
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = yaml().parse(text, { maxAliasCount: 100, uniqueKeys: true, schema: 'core', logLevel: 'error' });
    // A round trip leaves plain JSON: no maps, dates or shared parts.
    return parseJsonBytes(new TextEncoder().encode(JSON.stringify(value ?? null)));
  } catch (cause) {
    const error = badRequest('the object provided is unrecognized: error converting YAML to JSON');
    error.cause = cause;
    throw error;
  }
}
