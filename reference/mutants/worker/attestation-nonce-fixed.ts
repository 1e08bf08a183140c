import type { Mutant } from '../types.ts';

/** The worker asks for attestations over the same nonce. */
export const mutant: Mutant = {
  id: 'attestation-nonce-fixed',
  defects: ['D53'],
  title: 'The worker asks for attestations over the same nonce',
  part: 'worker',
  worker: (seams) => ({ ...seams, attestationNonce: () => new Uint8Array(32) }),
};
