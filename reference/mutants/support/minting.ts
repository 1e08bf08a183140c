import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerSeams } from '../../worker/seams.ts';

type Mint = WorkerSeams['mint'];

/** Mints once for each path, and gives the same credential for ever. */
export function remembering(mint: Mint): Mint {
  const made = new Map<string, ReturnType<Mint>>();
  return (signer, options) => {
    const key = options.request?.target ?? '';
    const known = made.get(key) ?? mint(signer, options);
    made.set(key, known);
    return known;
  };
}

/** Prints every credential. */
export function telling(mint: Mint): Mint {
  return async (signer, options) => {
    const minted = await mint(signer, options);
    process.stderr.write(`sending ${minted.credential.reveal()}\n`);
    return minted;
  };
}

/** Keeps a note of every credential's length in a file that nobody removes. */
export function leavingFiles(mint: Mint): Mint {
  return async (signer, options) => {
    const minted = await mint(signer, options);
    writeFileSync(join(tmpdir(), 'last-credential'), String(minted.credential.reveal().length));
    return minted;
  };
}
