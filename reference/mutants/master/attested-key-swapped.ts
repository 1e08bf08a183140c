import type { Mutant } from '../types.ts';

/** Attestation documents carry a key that is not the registered one. */
export const mutant: Mutant = {
  id: 'attested-key-swapped',
  defects: ['D52'],
  title: 'attestation documents carry a key other than the one registered on chain',
  part: 'master',
  master: (seams) => ({ ...seams, attestedKey: (own) => own.map((byte) => byte ^ 1) }),
};
