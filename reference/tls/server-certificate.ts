import { X509Certificate as NodeCertificate } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import './reflect-metadata.ts';
import * as x509 from '@peculiar/x509';

/** PEM texts of a server's certificate and of the CA that clients must trust. */
export interface ServerCertificate {
  ca: string;
  cert: string;
  key: string;
  /** Path of the CA certificate, to be handed to clients. */
  caPath: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVER_DAYS = 365;
/** A certificate with less time left than this is replaced at start. */
const RENEW_DAYS = 30;

/**
 * The server certificate in `dir`, made on first use: `ca.crt`, `ca.key`, `tls.crt`, `tls.key`, keys
 * with mode 0600. The CA is kept for ever, so kubeconfigs stay good; the server's certificate is
 * issued anew when it is about to expire or lacks one of `hosts` (names or IP addresses).
 */
export async function ensureServerCertificate(
  dir: string,
  hosts: readonly string[],
  now: () => number = Date.now,
): Promise<ServerCertificate> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const paths = {
    ca: join(dir, 'ca.crt'),
    caKey: join(dir, 'ca.key'),
    cert: join(dir, 'tls.crt'),
    key: join(dir, 'tls.key'),
  };
  let [ca, caKey] = await Promise.all([read(paths.ca), read(paths.caKey)]);
  if (ca === undefined || caKey === undefined) {
    ({ cert: ca, key: caKey } = await issueAuthority(now()));
    // Key first: a certificate without its key is made again, a key without certificate as well.
    await write(paths.caKey, caKey, 0o600);
    await write(paths.ca, ca, 0o644);
  }
  const [cert, key] = await Promise.all([read(paths.cert), read(paths.key)]);
  if (cert !== undefined && key !== undefined && stillGood(cert, key, ca, hosts, now())) {
    return { ca, cert, key, caPath: paths.ca };
  }
  const issued = await issueServer(ca, caKey, hosts, now());
  await write(paths.key, issued.key, 0o600);
  await write(paths.cert, issued.cert, 0o644);
  return { ca, ...issued, caPath: paths.ca };
}

async function issueAuthority(nowMs: number): Promise<{ cert: string; key: string }> {
  const keys = await makeKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=k3s-daas ${serial().slice(0, 8)}`,
    notBefore: new Date(nowMs - 3_600_000),
    notAfter: new Date(nowMs + CA_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return { cert: cert.toString('pem'), key: await exportKey(keys) };
}

async function issueServer(
  caPem: string,
  caKeyPem: string,
  hosts: readonly string[],
  nowMs: number,
): Promise<{ cert: string; key: string }> {
  const ca = new x509.X509Certificate(caPem);
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(caKeyPem),
    ALGORITHM,
    false,
    ['sign'],
  );
  const keys = await makeKeys();
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${commonName(hosts)}`,
    issuer: ca.subject,
    notBefore: new Date(nowMs - 3_600_000),
    notAfter: new Date(Math.min(nowMs + SERVER_DAYS * DAY_MS, ca.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => new x509.GeneralName(isIP(host) === 0 ? 'dns' : 'ip', host).toJSON()),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey, false),
    ],
  });
  return { cert: cert.toString('pem'), key: await exportKey(keys) };
}

function stillGood(cert: string, key: string, ca: string, hosts: readonly string[], nowMs: number): boolean {
  try {
    const parsed = new NodeCertificate(cert);
    const authority = new NodeCertificate(ca);
    return (
      parsed.verify(authority.publicKey) &&
      key.includes('PRIVATE KEY') &&
      Date.parse(parsed.validTo) - nowMs > RENEW_DAYS * DAY_MS &&
      hosts.every((host) => (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined)
    );
  } catch {
    return false;
  }
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: ALGORITHM.name, namedCurve: ALGORITHM.namedCurve }, true, [
    'sign',
    'verify',
  ]);
}

async function exportKey(keys: CryptoKeyPair): Promise<string> {
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Positive and without leading zeros in DER.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** Certificates carry names in the SAN; this one is only for people. */
function commonName(hosts: readonly string[]): string {
  return (hosts[0] ?? 'localhost').replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 64);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes through a new file, so that a crash leaves the old one whole and the mode holds from the start. */
async function write(path: string, text: string, mode: number): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  const file = await open(fresh, 'w', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}
