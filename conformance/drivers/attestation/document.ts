import { decode, encode } from 'cborg';
import { describeError } from '../../errors.ts';
import { AttestationFault } from './fault.ts';

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
  /** What the signature is over. */
  signed: Uint8Array;
  /** r and s, 48 bytes each. */
  signature: Uint8Array;
  /** Fields that the payload leaves out; only optional ones. */
  absent: readonly string[];
}

/** Longest message that is read at all. */
export const MAX_DOCUMENT = 20_000;
const MAX_CERTIFICATE = 1024;
const MAX_KEY = 1024;
const MAX_DATA = 512;
const MAX_BUNDLE = 32;
const PCR_BYTES = 48;
const SIGNATURE_BYTES = 96;
/** One-byte spelling of tag 18. */
const COSE_SIGN1_TAG = 0xd2;
const ALGORITHM_HEADER = 1;
/** ECDSA on P-384 with SHA-384. */
export const ES384 = -35;

const REQUIRED = ['module_id', 'timestamp', 'digest', 'pcrs', 'certificate', 'cabundle'] as const;
const OPTIONAL = ['public_key', 'user_data', 'nonce'] as const;

/** Takes a message apart and checks the form of every part; an AttestationFault says what is malformed. Nothing is verified yet. */
export function readDocument(bytes: Uint8Array): SignedDocument {
  if (bytes.length > MAX_DOCUMENT) {
    throw new AttestationFault('Oversize', `it has ${bytes.length} bytes; ${MAX_DOCUMENT} are allowed`);
  }
  const message = cbor('message', bytes[0] === COSE_SIGN1_TAG ? bytes.subarray(1) : bytes);
  if (!Array.isArray(message) || message.length !== 4) throw cose('it is no array of four items');
  const [header, unprotected, payload, signature] = message as unknown[];
  if (!isBytes(header) || !isBytes(payload) || !isBytes(signature)) {
    throw cose('protected header, payload and signature are not all byte strings');
  }
  if (!(unprotected instanceof Map) || unprotected.size > 0)
    throw cose('the unprotected header is not empty');
  requireEs384(cbor('protected header', header));
  if (signature.length !== SIGNATURE_BYTES) {
    throw cose(`the signature has ${signature.length} bytes; r and s of ES384 have ${SIGNATURE_BYTES}`);
  }
  const fields = cbor('payload', payload);
  if (!(fields instanceof Map)) throw malformed('the payload is no map');
  return {
    document: documentOf(fields),
    absent: OPTIONAL.filter((name) => !fields.has(name)),
    signed: encode(['Signature1', header, new Uint8Array(), payload]),
    signature,
  };
}

/** The algorithm stands alone in the protected header: with a second header, or another algorithm, nothing is promised. */
function requireEs384(headers: unknown): void {
  if (!(headers instanceof Map)) throw cose('the protected header holds no map');
  const algorithm: unknown = headers.get(ALGORITHM_HEADER);
  if (algorithm !== ES384 || headers.size !== 1) {
    const got = headers.size === 1 ? String(algorithm) : `${headers.size} headers`;
    throw new AttestationFault(
      'UnsupportedAlgorithm',
      `the header must be ES384 (${ES384}) alone, not ${got}`,
    );
  }
}

function documentOf(fields: ReadonlyMap<unknown, unknown>): AttestationDocument {
  const known: readonly unknown[] = [...REQUIRED, ...OPTIONAL];
  for (const name of fields.keys()) {
    if (!known.includes(name))
      throw malformed(`a field ${JSON.stringify(String(name))} is not of this format`);
  }
  for (const name of REQUIRED) if (!fields.has(name)) throw malformed(`the field ${name} is missing`);
  const moduleId = fields.get('module_id');
  if (typeof moduleId !== 'string' || moduleId === '') throw malformed('module_id is no text, or empty');
  const digest = fields.get('digest');
  if (digest !== 'SHA384') throw malformed('digest is not SHA384');
  const timestamp = fields.get('timestamp');
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp <= 0) {
    throw malformed('timestamp is no positive whole number of milliseconds');
  }
  return {
    module_id: moduleId,
    timestamp,
    digest,
    pcrs: pcrsOf(fields.get('pcrs')),
    certificate: bytesOf('certificate', fields.get('certificate'), 1, MAX_CERTIFICATE),
    cabundle: bundleOf(fields.get('cabundle')),
    public_key: optional('public_key', fields.get('public_key'), 1, MAX_KEY),
    user_data: optional('user_data', fields.get('user_data'), 0, MAX_DATA),
    nonce: optional('nonce', fields.get('nonce'), 0, MAX_DATA),
  };
}

function pcrsOf(value: unknown): Map<number, Uint8Array> {
  if (!(value instanceof Map) || value.size < 1 || value.size > 32)
    throw malformed('pcrs is no map of 1 to 32');
  const pcrs = new Map<number, Uint8Array>();
  for (const [index, digest] of value as ReadonlyMap<unknown, unknown>) {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 31) {
      throw malformed(`pcrs has the key ${JSON.stringify(String(index))}; 0 to 31 are allowed`);
    }
    pcrs.set(index, bytesOf(`PCR${index}`, digest, PCR_BYTES, PCR_BYTES));
  }
  return pcrs;
}

function bundleOf(value: unknown): Uint8Array[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_BUNDLE) {
    throw malformed(`cabundle is no list of 1 to ${MAX_BUNDLE} certificates`);
  }
  return (value as readonly unknown[]).map((der, index) =>
    bytesOf(`cabundle[${index}]`, der, 1, MAX_CERTIFICATE),
  );
}

function optional(name: string, value: unknown, least: number, most: number): Uint8Array | null {
  return value === null || value === undefined ? null : bytesOf(name, value, least, most);
}

function bytesOf(name: string, value: unknown, least: number, most: number): Uint8Array {
  if (!isBytes(value)) throw malformed(`${name} is no byte string`);
  if (value.length < least || value.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw malformed(`${name} has ${value.length} bytes; ${wanted} are allowed`);
  }
  return value;
}

function cbor(what: string, bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
    }) as unknown;
  } catch (cause) {
    // A RangeError among these is the stack that ended in deep nesting.
    throw new AttestationFault('MalformedCbor', `the ${what} is no strict CBOR: ${describeError(cause)}`);
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function cose(why: string): AttestationFault {
  return new AttestationFault('MalformedCose', `the message is malformed: ${why}`);
}

function malformed(why: string): AttestationFault {
  return new AttestationFault('MalformedDocument', `the document is malformed: ${why}`);
}
