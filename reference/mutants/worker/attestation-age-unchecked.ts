import type { Mutant } from '../types.ts';

/** The worker believes attestation documents of any age. */
export const mutant: Mutant = {
  id: 'attestation-age-unchecked',
  defects: ['D53'],
  title: 'The worker believes attestation documents of any age',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.filter(({ name }) => name !== 'time'),
  }),
};
