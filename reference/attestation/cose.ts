import { decodeStrictCbor, encodeCbor } from './cbor.ts';

/** A COSE_Sign1 structure taken apart. */
export interface CoseSign1 {
  /** Encoded protected header, as it was signed. */
  protectedHeader: Uint8Array;
  payload: Uint8Array;
  /** r and s, 48 bytes each. */
  signature: Uint8Array;
}

export type CoseFault = 'MalformedCbor' | 'MalformedCose' | 'UnsupportedAlgorithm';

const TAG_SIGN1 = 0xd2;
const HEADER_ALGORITHM = 1;
/** ECDSA with SHA-384 on P-384. */
const ES384 = -35;
const SIGNATURE_LENGTH = 96;

/** Takes a COSE_Sign1 apart, with or without its tag. Nothing is verified yet. */
export function decodeCoseSign1(
  document: Uint8Array,
): { ok: true; value: CoseSign1 } | { ok: false; fault: CoseFault; error: string } {
  const outer = decodeStrictCbor(document[0] === TAG_SIGN1 ? document.subarray(1) : document);
  if (!outer.ok) return { ok: false, fault: 'MalformedCbor', error: outer.error };
  if (!Array.isArray(outer.value) || outer.value.length !== 4) return malformed('not an array of four');
  const items: readonly unknown[] = outer.value;
  const [header, unprotected, payload, signature] = items;
  if (!(header instanceof Uint8Array)) return malformed('protected header is no byte string');
  if (!(unprotected instanceof Map) || unprotected.size > 0)
    return malformed('unprotected header is not empty');
  if (!(payload instanceof Uint8Array)) return malformed('payload is no byte string');
  if (!(signature instanceof Uint8Array)) return malformed('signature is no byte string');
  const fields = decodeStrictCbor(header);
  if (!fields.ok) return { ok: false, fault: 'MalformedCbor', error: fields.error };
  if (!(fields.value instanceof Map)) return malformed('protected header holds no map');
  const headers: ReadonlyMap<unknown, unknown> = fields.value;
  if (headers.get(HEADER_ALGORITHM) !== ES384 || headers.size !== 1) {
    return { ok: false, fault: 'UnsupportedAlgorithm', error: 'the algorithm is not ES384 alone' };
  }
  if (signature.length !== SIGNATURE_LENGTH)
    return malformed(`signature has ${signature.length} bytes, not 96`);
  return { ok: true, value: { protectedHeader: header, payload, signature } };
}

/** Puts a COSE_Sign1 together; `sign` makes the raw r‖s over the bytes it is given. */
export function encodeCoseSign1(payload: Uint8Array, sign: (message: Uint8Array) => Uint8Array): Uint8Array {
  const protectedHeader = encodeCbor(new Map([[HEADER_ALGORITHM, ES384]]));
  const signature = sign(signedBytes({ protectedHeader, payload }));
  return encodeCbor([protectedHeader, new Map(), payload, signature]);
}

/** The bytes that the signature covers. */
export function signedBytes(parts: Pick<CoseSign1, 'protectedHeader' | 'payload'>): Uint8Array {
  return encodeCbor(['Signature1', parts.protectedHeader, new Uint8Array(), parts.payload]);
}

function malformed(error: string): { ok: false; fault: CoseFault; error: string } {
  return { ok: false, fault: 'MalformedCose', error };
}
