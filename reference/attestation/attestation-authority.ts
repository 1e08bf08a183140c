import { sign, type X509Certificate } from 'node:crypto';
import { basicConstraints, keyUsage, KeyUsage } from '../x509/extensions.ts';
import { generateKeyPair, issueCertificate, type KeyPair, type Name } from '../x509/issue.ts';
import { readDetails } from '../x509/read.ts';

const CURVE = 'P-384';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A certificate with its private key. */
export interface Issued {
  certificate: X509Certificate;
  keys: KeyPair;
}

interface Shape {
  name: Name;
  /** Undefined for a leaf. */
  pathLength?: number;
  from: number;
  to: number;
}

/** Name of the development root: whoever looks at a certificate sees what it is worth. */
const DEVELOPMENT_ROOT: Name = { CN: 'K3s-DaaS development root (no TEE)', O: 'K3s-DaaS' };

/** Makes a self-signed development root that is good for ten years from `nowMs`. */
export function createDevelopmentRoot(nowMs: number, randomBytes: RandomBytes): Issued {
  const shape = { name: DEVELOPMENT_ROOT, pathLength: 2, from: nowMs - HOUR, to: nowMs + 3650 * DAY };
  return issue(shape, undefined, randomBytes);
}

/** An intermediate authority under `root`, good for 20 days. */
export function issueIntermediate(root: Issued, nowMs: number, randomBytes: RandomBytes): Issued {
  const name = { CN: 'K3s-DaaS development intermediate', O: 'K3s-DaaS' };
  return issue({ name, pathLength: 0, from: nowMs - HOUR, to: nowMs + 20 * DAY }, root, randomBytes);
}

/** The certificate of one simulated enclave, good for three hours as on Nitro. */
export function issueLeaf(
  authority: Issued,
  moduleId: string,
  nowMs: number,
  randomBytes: RandomBytes,
): Issued {
  const name = { CN: moduleId, O: 'K3s-DaaS' };
  return issue({ name, from: nowMs - HOUR, to: nowMs + LEAF_LIFE_MS }, authority, randomBytes);
}

/** How long a leaf lasts, in milliseconds. */
export const LEAF_LIFE_MS = 3 * HOUR;

/** Source of serial numbers. */
export type RandomBytes = (size: number) => Uint8Array;

/** ES384 with an issued key: r‖s, 96 bytes. */
export function signWith(issued: Issued, message: Uint8Array): Uint8Array {
  return sign('sha384', message, { key: issued.keys.privateKey, dsaEncoding: 'ieee-p1363' });
}

/** Issues one certificate, by itself where there is no issuer. Exported for tests that need chains which a verifier must refuse. */
export function issue(shape: Shape, issuer: Issued | undefined, randomBytes: RandomBytes): Issued {
  const keys = generateKeyPair(CURVE);
  const isAuthority = shape.pathLength !== undefined;
  const certificate = issueCertificate({
    subject: shape.name,
    ...(issuer && { issuer: readDetails(issuer.certificate).subject }),
    from: shape.from,
    to: shape.to,
    serial: randomBytes(16),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    hash: 'sha384',
    extensions: [
      basicConstraints(isAuthority, shape.pathLength),
      keyUsage(isAuthority ? KeyUsage.keyCertSign | KeyUsage.crlSign : KeyUsage.digitalSignature),
    ],
  });
  return { certificate, keys };
}
