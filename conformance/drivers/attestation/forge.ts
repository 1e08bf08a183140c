import { encode } from 'cborg';
import type { AttestationDocument } from './document.ts';

const ALGORITHMS = { ES256: -7, ES384: -35, EdDSA: -8 } as const;

export interface ForgeOptions {
  algorithm?: keyof typeof ALGORITHMS;
  /** Replaces the encoded payload. */
  payload?: (encoded: Uint8Array) => Uint8Array;
  /** Replaces the signature. */
  signature?: (made: Uint8Array) => Uint8Array;
  /** Replaces the finished message. */
  message?: (encoded: Uint8Array) => Uint8Array;
}

/** Encodes a document and wraps it in COSE_Sign1; `sign` makes the raw signature over what it is given. */
export async function forgeDocument(
  document: AttestationDocument,
  sign: (message: Uint8Array) => Promise<Uint8Array>,
  options: ForgeOptions = {},
): Promise<Uint8Array> {
  const fields = new Map<string, unknown>(Object.entries({ ...document, pcrs: new Map(document.pcrs) }));
  const encoded = encode(fields);
  const payload = options.payload?.(encoded) ?? encoded;
  const header = encode(new Map([[1, ALGORITHMS[options.algorithm ?? 'ES384']]]));
  const made = await sign(encode(['Signature1', header, new Uint8Array(), payload]));
  const signature = options.signature?.(made) ?? made;
  const message = encode([header, new Map(), payload, signature]);
  return options.message?.(message) ?? message;
}
