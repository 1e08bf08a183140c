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
