import type { Mutant } from '../types.ts';

/** Attestation documents carry the first nonce that was asked for. */
export const mutant: Mutant = {
  id: 'attestation-nonce-ignored',
  defects: ['D44', 'D53'],
  title: 'Attestation documents carry the first nonce that was asked for',
  part: 'master',
  master: (seams) => {
    let first: Uint8Array | undefined;
    return { ...seams, attestedNonce: (asked) => (first ??= asked) };
  },
};
