import * as v from 'valibot';
import { decodeBase64url } from './base64url.ts';
import { isId, isRequestId } from './ids.ts';
import { matching, whole } from './schema.ts';

/** Object id or address. */
export const idField = v.pipe(
  v.string(),
  v.check((value) => isId(value), 'must be 0x and 64 lower-case hex digits'),
);

/** 32 lower-case hex digits. */
export const requestIdField = v.pipe(
  v.string(),
  v.check((value) => isRequestId(value), 'must be 32 lower-case hex digits'),
);

/** base64url without padding, as bytes. */
export const bytesField = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): Uint8Array => {
    const bytes = decodeBase64url(dataset.value);
    if (bytes) return bytes;
    addIssue({ message: 'must be base64url' });
    return NEVER;
  }),
);

/** Whole number that JSON numbers carry exactly. */
export const countField = whole();

/** u64 as a JSON number or, beyond 2^53, as decimal digits. */
export const u64Field = v.pipe(
  v.union([countField, matching(/^(?:0|[1-9][0-9]{0,19})$/, 'must be decimal digits')]),
  v.transform((value) => BigInt(value)),
  v.check((value) => value < 1n << 64n, 'must be below 2^64'),
);
