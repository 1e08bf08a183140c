import type { Mutant } from '../types.ts';

/** The worker does not verify the signature of an attestation. */
export const mutant: Mutant = {
  id: 'attestation-signature-unchecked',
  defects: ['D43'],
  title: 'The worker does not verify the signature of an attestation',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.filter(({ name }) => name !== 'signature'),
  }),
};
