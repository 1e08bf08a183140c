import type { z } from 'zod';
import type { Reason } from './reasons.ts';
import { parseStrictJsonPlain } from './strict-json.ts';

/** Outcome of parsing something untrusted. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: Reason; message: string };

/** A refused parse. */
export function unparsed(reason: Reason, message: string): { ok: false; reason: Reason; message: string } {
  return { ok: false, reason, message };
}

/** Parses strict JSON against a schema. The message names the field that is wrong, never its value. */
export function parseJson<T>(schema: z.ZodType<T>, bytes: Uint8Array | string): Parsed<T> {
  const json = parseStrictJsonPlain(bytes);
  if (!json.ok) return unparsed('BadRequest', `the body is not JSON: ${json.error}`);
  const result = schema.safeParse(json.value);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  return unparsed(
    'BadRequest',
    field === '' ? 'the body is no object' : `field ${field} is missing or malformed`,
  );
}
