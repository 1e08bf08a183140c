import '../tls/reflect-metadata.ts';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { X509Certificate } from '@peculiar/x509';
import { createDevelopmentRoot, type Issued, type RandomBytes } from './attestation-authority.ts';
import { TeeUnavailableError } from './tee.ts';

/** File in the data directory with the certificate that verifiers pin. */
export const ROOT_CERTIFICATE_FILE = 'attestation-root.crt';
const ROOT_KEY_FILE = 'attestation-root.key';

/**
 * Loads the development root from a directory, or makes it there on first start (key file mode 0600).
 * Rejects with TeeUnavailableError when certificate and key do not fit together.
 */
export async function ensureDevelopmentRoot(
  directory: string,
  nowMs: number,
  randomBytes: RandomBytes,
): Promise<Issued> {
  const certificateFile = join(directory, ROOT_CERTIFICATE_FILE);
  const keyFile = join(directory, ROOT_KEY_FILE);
  const certificate = await readIfThere(certificateFile);
  const key = await readIfThere(keyFile);
  if (certificate !== undefined && key !== undefined) return load(certificate, key);
  if (certificate !== undefined || key !== undefined) {
    throw new TeeUnavailableError(
      `${directory} has only one of ${ROOT_CERTIFICATE_FILE} and ${ROOT_KEY_FILE}`,
    );
  }
  const root = await createDevelopmentRoot(nowMs, randomBytes);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', root.keys.privateKey));
  await mkdir(directory, { recursive: true });
  await writeWhole(keyFile, pem('PRIVATE KEY', pkcs8), 0o600);
  await writeWhole(certificateFile, `${root.certificate.toString('pem')}\n`, 0o644);
  return root;
}

async function load(certificatePem: string, keyPem: string): Promise<Issued> {
  try {
    const parameters = { name: 'ECDSA', namedCurve: 'P-384' };
    const { subtle } = crypto;
    const certificate = new X509Certificate(certificatePem);
    const der = Buffer.from(keyPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const privateKey = await subtle.importKey('pkcs8', der, parameters, true, ['sign']);
    const spki = new NodeCertificate(certificatePem).publicKey.export({ format: 'der', type: 'spki' });
    const publicKey = await subtle.importKey('spki', Uint8Array.from(spki), parameters, true, ['verify']);
    const probe = new Uint8Array(32);
    const hash = { name: 'ECDSA', hash: 'SHA-384' };
    const signature = await subtle.sign(hash, privateKey, probe);
    if (!(await subtle.verify(hash, publicKey, signature, probe))) throw new Error('the key is another one');
    return { certificate, keys: { privateKey, publicKey } };
  } catch (cause) {
    throw new TeeUnavailableError('the development root cannot be loaded', { cause });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
