import type { Mutant } from '../types.ts';

/** The worker asks no attestation of the master. */
export const mutant: Mutant = {
  id: 'attestation-skipped',
  defects: ['D43'],
  title: 'The worker asks no attestation of the master',
  part: 'worker',
  worker: (seams) => ({ ...seams, attests: 'never' }),
};
