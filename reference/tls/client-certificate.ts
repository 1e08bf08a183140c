import { readFileSync } from 'node:fs';

/** A certificate that a client presents, and its key, both PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

/** Reads what the files named hold; undefined when none are named. Throws when one is there alone, or cannot be read. */
export function readClientCertificate(
  files: { cert: string; key: string } | undefined,
): ClientCertificate | undefined {
  if (files === undefined || (files.cert === '' && files.key === '')) return undefined;
  if (files.cert === '' || files.key === '')
    throw new Error('client_certificate: cert and key are named together, or neither of them');
  return { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
}

/** PEM of the CA whose certificates clients must present; undefined when no file is named. */
export function readClientCa(file: string | undefined): string | undefined {
  return file === undefined || file === '' ? undefined : readFileSync(file, 'utf8');
}
