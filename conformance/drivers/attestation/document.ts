import { decode, encode } from 'cborg';
import { TargetError } from '../../errors.ts';

/** An attestation document as it was received; field names and types are those of Nitro Enclaves. */
export interface AttestationDocument {
  module_id: string;
  /** Unix milliseconds. */
  timestamp: number;
  digest: string;
  pcrs: ReadonlyMap<number, Uint8Array>;
  /** DER. */
  certificate: Uint8Array;
  /** DER, the root first. */
  cabundle: readonly Uint8Array[];
  public_key: Uint8Array | null;
  user_data: Uint8Array | null;
  nonce: Uint8Array | null;
}

/** A COSE_Sign1 message around a document. */
export interface SignedDocument {
  document: AttestationDocument;
  /** Of the protected header; -35 is ES384. */
  algorithm: unknown;
  /** What the signature is over. */
  signed: Uint8Array;
  signature: Uint8Array;
}

const FIELDS = [
  'cabundle',
  'certificate',
  'digest',
  'module_id',
  'nonce',
  'pcrs',
  'public_key',
  'timestamp',
  'user_data',
] as const;
const COSE_SIGN1_TAG = 0xd2;

/** Takes a message apart; a TargetError says what is malformed. Nothing is verified yet. */
export function readDocument(bytes: Uint8Array): SignedDocument {
  const message = cbor('message', bytes[0] === COSE_SIGN1_TAG ? bytes.subarray(1) : bytes);
  if (!Array.isArray(message) || message.length !== 4) throw malformed('it is no array of four');
  const [header, , payload, signature] = message as unknown[];
  if (!isBytes(header) || !isBytes(payload) || !isBytes(signature)) {
    throw malformed('header, payload and signature are not all byte strings');
  }
  const headers = cbor('protected header', header);
  const fields = cbor('payload', payload);
  if (!(headers instanceof Map) || !(fields instanceof Map)) throw malformed('header or payload is no map');
  return {
    document: documentOf(fields),
    algorithm: headers.get(1) as unknown,
    signed: encode(['Signature1', header, new Uint8Array(), payload]),
    signature,
  };
}

function documentOf(fields: ReadonlyMap<unknown, unknown>): AttestationDocument {
  const names = [...fields.keys()].map(String).toSorted();
  if (names.join() !== FIELDS.join()) throw malformed(`its fields are ${names.join(', ')}`);
  const document = Object.fromEntries(fields) as unknown as AttestationDocument;
  const { module_id, timestamp, digest, pcrs, certificate, cabundle } = document;
  if (typeof module_id !== 'string' || module_id === '') throw malformed('module_id is no text');
  if (!Number.isSafeInteger(timestamp)) throw malformed('timestamp is no whole number');
  if (typeof digest !== 'string') throw malformed('digest is no text');
  if (!(pcrs instanceof Map) || ![...pcrs.values()].every(isBytes))
    throw malformed('pcrs is no map of bytes');
  if (!isBytes(certificate)) throw malformed('certificate is no byte string');
  if (!Array.isArray(cabundle) || !cabundle.every(isBytes)) throw malformed('cabundle is no list of bytes');
  for (const name of ['public_key', 'user_data', 'nonce'] as const) {
    if (document[name] !== null && !isBytes(document[name])) throw malformed(`${name} is no byte string`);
  }
  return document;
}

function cbor(what: string, bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
    }) as unknown;
  } catch (cause) {
    throw new TargetError(`the ${what} of the attestation is no strict CBOR`, { cause });
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function malformed(why: string): TargetError {
  return new TargetError(`the attestation is malformed: ${why}`);
}
