import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate that is its own authority, with its key, both PEM. */
export interface SelfSigned {
  key: string;
  cert: string;
}

/** A TLS certificate for 127.0.0.1 that clients trust by trusting itself. */
export async function selfSigned(): Promise<SelfSigned> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=played by the suite',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
  return { key, cert: certificate.toString('pem') };
}

/** A P-384 certificate of an attestation chain and its key. */
export interface Attester {
  certificate: x509.X509Certificate;
  keys: CryptoKeyPair;
}

const P384 = { name: 'ECDSA', namedCurve: 'P-384' };
const ES384 = { name: 'ECDSA', hash: 'SHA-384' };
const HOUR = 3_600_000;

/** How a certificate differs from what its place in the chain asks for. Times in Unix milliseconds. */
export interface AttesterOptions {
  from?: number;
  to?: number;
  authority?: boolean;
  /** How many authorities may follow an authority; 3 unless told. */
  pathLength?: number;
  /** Key usages in place of the right ones. */
  usages?: x509.KeyUsageFlags;
  curve?: 'P-256' | 'P-384';
  hash?: 'SHA-256' | 'SHA-384';
  /** The issuer's name, when it is not to be the issuer's own. */
  issuerName?: string;
  /** More extensions. */
  extensions?: x509.Extension[];
}

/** Issues a certificate under `issuer`, or a root when there is none. */
export async function attester(
  name: string,
  issuer?: Attester,
  validity: AttesterOptions = {},
): Promise<Attester> {
  const curve = { ...P384, namedCurve: validity.curve ?? P384.namedCurve };
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const authority = validity.authority ?? issuer === undefined;
  const serial = randomBytes(16);
  serial[0] = 0x41;
  const usual = authority
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: `CN=${name}`,
    issuer: validity.issuerName ?? issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(validity.from ?? Date.now() - HOUR),
    notAfter: new Date(validity.to ?? Date.now() + HOUR),
    signingAlgorithm: { ...ES384, hash: validity.hash ?? ES384.hash },
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(authority, authority ? (validity.pathLength ?? 3) : undefined, true),
      new x509.KeyUsagesExtension(validity.usages ?? usual, true),
      ...(validity.extensions ?? []),
    ],
  });
  return { certificate, keys };
}

/** Signs with ES384: r and s, 48 bytes each. */
export async function signEs384(by: Attester, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(ES384, by.keys.privateKey, Uint8Array.from(message)));
}

/** DER of a certificate. */
export const derOf = ({ certificate }: Attester): Uint8Array => new Uint8Array(certificate.rawData);
