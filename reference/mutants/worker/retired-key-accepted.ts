import type { Mutant } from '../types.ts';

/** The worker believes a master whose key is not the one on chain. */
export const mutant: Mutant = {
  id: 'retired-key-accepted',
  defects: ['D52'],
  title: 'The worker believes a master whose key is not the one on chain',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.filter(({ name }) => name !== 'public-key'),
    checksJoin: false,
  }),
};
