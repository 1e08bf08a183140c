import { decode, encode } from 'cborg';

/** CBOR in the one form that is accepted: definite lengths, shortest numbers, no key twice. */
export function decodeStrictCbor(
  bytes: Uint8Array,
): { ok: true; value: unknown } | { ok: false; error: string } {
  try {
    const value: unknown = decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
    });
    return { ok: true, value };
  } catch (error) {
    // A RangeError here is the stack running out on deep nesting.
    return { ok: false, error: error instanceof Error ? error.message : 'unreadable' };
  }
}

/** Encodes Maps, byte strings, text, whole numbers, null and arrays. */
export function encodeCbor(value: unknown): Uint8Array {
  return encode(value);
}
