import type { Mutant } from '../types.ts';

/** The worker believes attestation documents over other nonces, however old. */
export const mutant: Mutant = {
  id: 'attestation-replay-accepted',
  defects: ['D53', 'D44'],
  title: 'The worker believes attestation documents over other nonces, however old',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.filter(({ name }) => name !== 'nonce' && name !== 'time'),
  }),
};
