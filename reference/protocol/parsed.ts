import type { Reason } from './reasons.ts';
import { validate, type Schema } from './schema.ts';
import { parseStrictJsonPlain } from './strict-json.ts';

/** Outcome of parsing something untrusted. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: Reason; message: string };

/** A refused parse. */
export function unparsed(reason: Reason, message: string): { ok: false; reason: Reason; message: string } {
  return { ok: false, reason, message };
}

/** Parses strict JSON against a schema. The message names the field that is wrong, never its value. */
export function parseJson<T>(schema: Schema<T>, bytes: Uint8Array | string): Parsed<T> {
  const json = parseStrictJsonPlain(bytes);
  if (!json.ok) return unparsed('BadRequest', `the body is not JSON: ${json.error}`);
  const result = validate(schema, json.value);
  if (result.ok) return result;
  const field = result.faults[0]?.path ?? '';
  return unparsed(
    'BadRequest',
    field === '' ? 'the body is no object' : `field ${field} is missing or malformed`,
  );
}
