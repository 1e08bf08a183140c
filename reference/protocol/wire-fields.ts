import { z } from 'zod';
import { decodeBase64url } from './base64url.ts';
import { isId, isRequestId } from './ids.ts';

/** Object id or address. */
export const idField = z.string().refine(isId);

/** 32 lower-case hex digits. */
export const requestIdField = z.string().refine(isRequestId);

/** base64url without padding, as bytes. */
export const bytesField = z.string().transform((text, context): Uint8Array => {
  const bytes = decodeBase64url(text);
  if (bytes) return bytes;
  context.addIssue('not base64url');
  return z.NEVER;
});

/** Whole number that JSON numbers carry exactly. */
export const countField = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** u64 as a JSON number or, beyond 2^53, as decimal digits. */
export const u64Field = z
  .union([countField, z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/)])
  .transform((value) => BigInt(value))
  .refine((value) => value < 1n << 64n);
