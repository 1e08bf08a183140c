import type { Mutant } from '../types.ts';

/** The worker registers before the master has attested itself. */
export const mutant: Mutant = {
  id: 'attestation-late',
  defects: ['D43'],
  title: 'The worker registers before the master has attested itself',
  part: 'worker',
  worker: (seams) => ({ ...seams, attests: 'after registering' }),
};
