import { decodeStrictCbor, encodeCbor } from './cbor.ts';

/** The payload of an attestation document, in Nitro's format. */
export interface AttestationDocument {
  moduleId: string;
  /** Unix milliseconds. */
  timestampMs: number;
  digest: 'SHA384';
  /** Index to 48 bytes. */
  pcrs: ReadonlyMap<number, Uint8Array>;
  /** DER of the certificate whose key signed the document. */
  certificate: Uint8Array;
  /** DER certificates from the root downwards. */
  cabundle: readonly Uint8Array[];
  publicKey: Uint8Array | undefined;
  userData: Uint8Array | undefined;
  nonce: Uint8Array | undefined;
}

export const PCR_LENGTH = 48;
const MAX_CERTIFICATE = 1024;
const MAX_PUBLIC_KEY = 1024;
const MAX_DATA = 512;
const MAX_BUNDLE = 32;
const KNOWN_FIELDS: ReadonlySet<unknown> = new Set([
  'module_id',
  'timestamp',
  'digest',
  'pcrs',
  'certificate',
  'cabundle',
  'public_key',
  'user_data',
  'nonce',
]);

/** Encodes a document's payload. */
export function encodeDocument(document: AttestationDocument): Uint8Array {
  return encodeCbor(
    new Map<string, unknown>([
      ['module_id', document.moduleId],
      ['digest', document.digest],
      ['timestamp', document.timestampMs],
      ['pcrs', new Map(document.pcrs)],
      ['certificate', document.certificate],
      ['cabundle', [...document.cabundle]],
      ['public_key', document.publicKey ?? null],
      ['user_data', document.userData ?? null],
      ['nonce', document.nonce ?? null],
    ]),
  );
}

export type DocumentResult =
  | { ok: true; value: AttestationDocument }
  | { ok: false; fault: 'MalformedCbor' | 'MalformedDocument'; error: string };

/** Decodes a payload and checks the form of every field. Never throws. */
export function decodeDocument(payload: Uint8Array): DocumentResult {
  const decoded = decodeStrictCbor(payload);
  if (!decoded.ok) return { ok: false, fault: 'MalformedCbor', error: decoded.error };
  if (!(decoded.value instanceof Map)) return fault('payload');
  const fields: ReadonlyMap<unknown, unknown> = decoded.value;
  for (const key of fields.keys()) if (!KNOWN_FIELDS.has(key)) return fault('field without a meaning');
  const moduleId = fields.get('module_id');
  if (typeof moduleId !== 'string' || moduleId === '') return fault('module_id');
  if (fields.get('digest') !== 'SHA384') return fault('digest');
  const timestampMs = fields.get('timestamp');
  if (typeof timestampMs !== 'number' || !Number.isSafeInteger(timestampMs) || timestampMs <= 0) {
    return fault('timestamp');
  }
  const pcrs = pcrsOf(fields.get('pcrs'));
  if (!pcrs) return fault('pcrs');
  const certificate = bytes(fields.get('certificate'), 1, MAX_CERTIFICATE);
  if (!certificate) return fault('certificate');
  const cabundle = bundleOf(fields.get('cabundle'));
  if (!cabundle) return fault('cabundle');
  const publicKey = optionalBytes(fields.get('public_key'), 1, MAX_PUBLIC_KEY);
  const userData = optionalBytes(fields.get('user_data'), 0, MAX_DATA);
  const nonce = optionalBytes(fields.get('nonce'), 0, MAX_DATA);
  if (!publicKey || !userData || !nonce) return fault('public_key, user_data or nonce');
  return {
    ok: true,
    value: {
      moduleId,
      timestampMs,
      digest: 'SHA384',
      pcrs,
      certificate,
      cabundle,
      publicKey: publicKey.value,
      userData: userData.value,
      nonce: nonce.value,
    },
  };
}

function fault(what: string): DocumentResult {
  return { ok: false, fault: 'MalformedDocument', error: `${what} is missing or malformed` };
}

function bytes(value: unknown, least: number, most: number): Uint8Array | undefined {
  return value instanceof Uint8Array && value.length >= least && value.length <= most ? value : undefined;
}

/** A field that may be null or absent, wrapped so that absence differs from a fault. */
function optionalBytes(
  value: unknown,
  least: number,
  most: number,
): { value: Uint8Array | undefined } | undefined {
  if (value === null || value === undefined) return { value: undefined };
  const given = bytes(value, least, most);
  return given && { value: given };
}

function pcrsOf(value: unknown): Map<number, Uint8Array> | undefined {
  if (!(value instanceof Map) || value.size < 1 || value.size > 32) return undefined;
  const entries: ReadonlyMap<unknown, unknown> = value;
  const pcrs = new Map<number, Uint8Array>();
  for (const [index, digest] of entries) {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 31) return undefined;
    const register = bytes(digest, PCR_LENGTH, PCR_LENGTH);
    if (!register) return undefined;
    pcrs.set(index, register);
  }
  return pcrs;
}

function bundleOf(value: unknown): Uint8Array[] | undefined {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_BUNDLE) return undefined;
  const certificates: Uint8Array[] = [];
  for (const item of value as readonly unknown[]) {
    const certificate = bytes(item, 1, MAX_CERTIFICATE);
    if (!certificate) return undefined;
    certificates.push(certificate);
  }
  return certificates;
}
