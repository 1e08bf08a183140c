import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  alternativeNames,
  authorityKey,
  basicConstraints,
  keyUsage,
  KeyUsage,
  subjectKey,
  tlsUse,
} from '../x509/extensions.ts';
import { generateKeyPair, issueCertificate, keyIdOf, privateKeyPem } from '../x509/issue.ts';
import { readDetails } from '../x509/read.ts';

/** PEM texts of a server's certificate and of the CA that clients must trust. */
export interface ServerCertificate {
  ca: string;
  cert: string;
  key: string;
  /** Path of the CA certificate, to be handed to clients. */
  caPath: string;
}

const CURVE = 'P-256';
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
    ({ cert: ca, key: caKey } = issueAuthority(now()));
    // Key first: a certificate without its key is made again, a key without certificate as well.
    await write(paths.caKey, caKey, 0o600);
    await write(paths.ca, ca, 0o644);
  }
  const [cert, key] = await Promise.all([read(paths.cert), read(paths.key)]);
  if (cert !== undefined && key !== undefined && stillGood(cert, key, ca, hosts, now())) {
    return { ca, cert, key, caPath: paths.ca };
  }
  const issued = issueServer(ca, caKey, hosts, now());
  await write(paths.key, issued.key, 0o600);
  await write(paths.cert, issued.cert, 0o644);
  return { ca, ...issued, caPath: paths.ca };
}

function issueAuthority(nowMs: number): { cert: string; key: string } {
  const keys = generateKeyPair(CURVE);
  const cert = issueCertificate({
    subject: { CN: `k3s-daas ${randomBytes(4).toString('hex')}` },
    from: nowMs - 3_600_000,
    to: nowMs + CA_DAYS * DAY_MS,
    serial: randomBytes(16),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    hash: 'sha256',
    extensions: [
      basicConstraints(true, 0),
      keyUsage(KeyUsage.keyCertSign | KeyUsage.crlSign),
      subjectKey(keyIdOf(keys.publicKey)),
    ],
  });
  return { cert: cert.toString(), key: privateKeyPem(keys) };
}

function issueServer(
  caPem: string,
  caKeyPem: string,
  hosts: readonly string[],
  nowMs: number,
): { cert: string; key: string } {
  const ca = new X509Certificate(caPem);
  const keys = generateKeyPair(CURVE);
  const cert = issueCertificate({
    subject: { CN: commonName(hosts) },
    issuer: readDetails(ca).subject,
    from: nowMs - 3_600_000,
    to: Math.min(nowMs + SERVER_DAYS * DAY_MS, ca.validToDate.getTime()),
    serial: randomBytes(16),
    publicKey: keys.publicKey,
    signingKey: createPrivateKey(caKeyPem),
    hash: 'sha256',
    extensions: [
      basicConstraints(false),
      keyUsage(KeyUsage.digitalSignature),
      tlsUse('server'),
      alternativeNames(hosts),
      authorityKey(keyIdOf(ca.publicKey)),
    ],
  });
  return { cert: cert.toString(), key: privateKeyPem(keys) };
}

function stillGood(cert: string, key: string, ca: string, hosts: readonly string[], nowMs: number): boolean {
  try {
    const parsed = new X509Certificate(cert);
    const authority = new X509Certificate(ca);
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
