import '../tls/reflect-metadata.ts';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const CURVE = { name: 'ECDSA', namedCurve: 'P-384' } as const;
export const ES384_PARAMETERS = { name: 'ECDSA', hash: 'SHA-384' } as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A certificate with its private key. */
export interface Issued {
  certificate: X509Certificate;
  keys: CryptoKeyPair;
}

export interface RootMaterial {
  /** PEM. */
  certificate: string;
  /** PKCS#8, base64. */
  privateKey: string;
}

interface Shape {
  name: string;
  /** Undefined for a leaf. */
  pathLength?: number;
  from: number;
  to: number;
}

/** Name of the development root: whoever looks at a certificate sees what it is worth. */
export const DEVELOPMENT_ROOT_NAME = 'CN=K3s-DaaS development root (no TEE), O=K3s-DaaS';

/** Makes a self-signed development root that is good for ten years from `nowMs`. */
export async function createDevelopmentRoot(nowMs: number, randomBytes: RandomBytes): Promise<Issued> {
  const keys = await generateKeys();
  const shape = { name: DEVELOPMENT_ROOT_NAME, pathLength: 2, from: nowMs - HOUR, to: nowMs + 3650 * DAY };
  return issue(shape, keys, keys.privateKey, shape.name, randomBytes);
}

/** An intermediate authority under `root`, good for 20 days. */
export async function issueIntermediate(
  root: Issued,
  nowMs: number,
  randomBytes: RandomBytes,
): Promise<Issued> {
  const name = 'CN=K3s-DaaS development intermediate, O=K3s-DaaS';
  const shape = { name, pathLength: 0, from: nowMs - HOUR, to: nowMs + 20 * DAY };
  return issue(shape, await generateKeys(), root.keys.privateKey, root.certificate.subject, randomBytes);
}

/** The certificate of one simulated enclave, good for three hours as on Nitro. */
export async function issueLeaf(
  authority: Issued,
  moduleId: string,
  nowMs: number,
  randomBytes: RandomBytes,
): Promise<Issued> {
  const shape = { name: `CN=${moduleId}, O=K3s-DaaS`, from: nowMs - HOUR, to: nowMs + LEAF_LIFE_MS };
  return issue(
    shape,
    await generateKeys(),
    authority.keys.privateKey,
    authority.certificate.subject,
    randomBytes,
  );
}

/** How long a leaf lasts, in milliseconds. */
export const LEAF_LIFE_MS = 3 * HOUR;

/** Source of serial numbers. */
export type RandomBytes = (size: number) => Uint8Array;

/** ES384 with an issued key: r‖s, 96 bytes. */
export async function signWith(issued: Issued, message: Uint8Array): Promise<Uint8Array> {
  const copy = Uint8Array.from(message);
  return new Uint8Array(await crypto.subtle.sign(ES384_PARAMETERS, issued.keys.privateKey, copy));
}

export function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

/** Issues one certificate. Exported for tests that need chains which a verifier must refuse. */
export async function issue(
  shape: Shape,
  keys: CryptoKeyPair,
  signingKey: CryptoKey,
  issuer: string,
  randomBytes: RandomBytes,
): Promise<Issued> {
  const authority = shape.pathLength !== undefined;
  const usages = authority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature;
  const serial = Buffer.from(randomBytes(16));
  // A serial number is a positive integer without leading zeros.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serial.toString('hex'),
      subject: shape.name,
      issuer,
      notBefore: new Date(shape.from),
      notAfter: new Date(shape.to),
      signingAlgorithm: ES384_PARAMETERS,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new BasicConstraintsExtension(authority, shape.pathLength, true),
        new KeyUsagesExtension(usages, true),
      ],
    },
    crypto,
  );
  return { certificate, keys };
}
