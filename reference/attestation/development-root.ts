import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateKeyPem } from '../x509/issue.ts';
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
  const root = createDevelopmentRoot(nowMs, randomBytes);
  await mkdir(directory, { recursive: true });
  await writeWhole(keyFile, privateKeyPem(root.keys), 0o600);
  await writeWhole(certificateFile, root.certificate.toString(), 0o644);
  return root;
}

function load(certificatePem: string, keyPem: string): Issued {
  try {
    const certificate = new X509Certificate(certificatePem);
    const privateKey = createPrivateKey(keyPem);
    if (!certificate.checkPrivateKey(privateKey)) throw new Error('the key is another one');
    return { certificate, keys: { privateKey, publicKey: certificate.publicKey } };
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
