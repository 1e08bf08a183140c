import type { X509Certificate } from 'node:crypto';
import { elements, type Element } from './der.ts';
import { BASIC_CONSTRAINTS, KEY_USAGE } from './extensions.ts';

/** What node:crypto does not tell of a certificate. */
export interface CertificateDetails {
  /** Its subject, in DER. */
  subject: Uint8Array;
  /** AlgorithmIdentifier of its signature, in DER. */
  signatureAlgorithm: Uint8Array;
  isAuthority: boolean;
  /** How many authorities may follow; Infinity when it does not say. */
  pathLength: number;
  /** Bits of KeyUsage; 0 when it does not say. */
  usages: number;
}

const [BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, SEQUENCE] = [0x01, 0x02, 0x03, 0x04, 0x30];
const [VERSION, EXTENSIONS] = [0xa0, 0xa3];

/** Reads the details from a certificate's DER. Throws RangeError for what is no X.509 v3 certificate in DER. */
export function readDetails(certificate: X509Certificate): CertificateDetails {
  const [content, algorithm] = within(elements(certificate.raw)[0]);
  const parts = within(content);
  if (!algorithm || parts[0]?.tag !== VERSION) throw new RangeError('no X.509 v3 certificate');
  const extensions = readExtensions(parts.find(({ tag }) => tag === EXTENSIONS));
  return {
    // version, serial number, algorithm, issuer, validity, subject
    subject: part(parts, 5, SEQUENCE).whole,
    signatureAlgorithm: algorithm.whole,
    ...readConstraints(extensions.get(hex(BASIC_CONSTRAINTS))),
    usages: readUsages(extensions.get(hex(KEY_USAGE))),
  };
}

function readConstraints(value: Uint8Array | undefined): { isAuthority: boolean; pathLength: number } {
  const parts = value ? within(part(elements(value), 0, SEQUENCE)) : [];
  const isAuthority = parts[0]?.tag === BOOLEAN && hex(parts[0].content) === 'ff';
  const index = isAuthority ? 1 : 0;
  if (parts.length === index) return { isAuthority, pathLength: Infinity };
  const length = part(parts, index, INTEGER).content;
  if (length.length !== 1 || length[0]! > 127) throw new RangeError('a path length out of its range');
  return { isAuthority, pathLength: length[0]! };
}

function readUsages(value: Uint8Array | undefined): number {
  return value ? (part(elements(value), 0, BIT_STRING).content[1] ?? 0) : 0;
}

/** The value of each extension, by the extension's id in hex. */
function readExtensions(list: Element | undefined): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const extension of within(within(list)[0])) {
    const parts = within(extension);
    const id = hex(parts[0]?.whole ?? Buffer.of());
    // One that is there twice would be read in one way here and in another elsewhere.
    if (found.has(id)) throw new RangeError('an extension is there twice');
    found.set(id, part(parts, parts.length - 1, OCTET_STRING).content);
  }
  return found;
}

function within(outer: Element | undefined): Element[] {
  return outer ? elements(outer.content) : [];
}

function part(parts: readonly Element[], index: number, tag: number): Element {
  const found = parts[index];
  if (found?.tag !== tag) throw new RangeError('a part of the certificate is missing or another one');
  return found;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
