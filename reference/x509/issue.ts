import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { bits, elements, explicit, integer, objectId, sequence, set, time, utf8 } from './der.ts';

/** A key pair on one of the curves that certificates here are made for. */
export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** Hash of a signature with ECDSA. */
export type SignatureHash = 'sha256' | 'sha384';

const SIGNATURE_IDS = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3' } as const;
const NAME_IDS = { CN: '2.5.4.3', O: '2.5.4.10' } as const;

/** Parts of a distinguished name. */
export type Name = Partial<Record<keyof typeof NAME_IDS, string>>;

export interface CertificateFields {
  subject: Name;
  /** Subject of the issuer's certificate in DER, as `subjectOf` gives it; the certificate's own when it is self-signed. */
  issuer?: Uint8Array;
  /** First and last moment of validity, Unix milliseconds. */
  from: number;
  to: number;
  /** Any bytes: the number becomes positive and of their length. */
  serial: Uint8Array;
  publicKey: KeyObject;
  signingKey: KeyObject;
  hash: SignatureHash;
  extensions: readonly Uint8Array[];
}

export function generateKeyPair(curve: 'P-256' | 'P-384'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: curve });
}

/** Issues an X.509 v3 certificate, signed with ECDSA. */
export function issueCertificate(fields: CertificateFields): X509Certificate {
  const { subject, issuer, from, to, serial, publicKey, signingKey, hash, extensions } = fields;
  const algorithm = signatureAlgorithm(hash);
  const name = encodeName(subject);
  const number = Buffer.from(serial);
  number[0] = ((number[0] ?? 0) & 0x7f) | 0x40;
  const content = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(number),
    algorithm,
    issuer ?? name,
    sequence(time(from), time(to)),
    name,
    spki(publicKey),
    explicit(3, sequence(...extensions)),
  );
  return new X509Certificate(sequence(content, algorithm, bits(sign(hash, content, signingKey))));
}

/** AlgorithmIdentifier of ECDSA with a hash, in DER. */
export function signatureAlgorithm(hash: SignatureHash): Buffer {
  return sequence(objectId(SIGNATURE_IDS[hash]));
}

/** Identifier of a key by RFC 5280: SHA-1 of its bits. */
export function keyIdOf(key: KeyObject): Buffer {
  const keyBits = elements(elements(spki(key))[0]?.content ?? Buffer.of())[1];
  // The first byte counts the bits that do not count.
  return createHash('sha1')
    .update(keyBits?.content.subarray(1) ?? '')
    .digest();
}

export function privateKeyPem({ privateKey }: KeyPair): string {
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function spki(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' });
}

function encodeName(name: Name): Buffer {
  const parts = Object.entries(NAME_IDS).flatMap(([key, id]) => {
    const value = name[key as keyof Name];
    return value === undefined ? [] : [set(sequence(objectId(id), utf8(value)))];
  });
  return sequence(...parts);
}
