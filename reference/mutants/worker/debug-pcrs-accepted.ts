import type { Mutant } from '../types.ts';

/** The worker believes a master of any measurement. */
export const mutant: Mutant = {
  id: 'debug-pcrs-accepted',
  defects: ['D44'],
  title: 'The worker believes a master of any measurement',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.filter(({ name }) => name !== 'pcrs'),
  }),
};
