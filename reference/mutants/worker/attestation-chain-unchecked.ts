import { X509Certificate } from 'node:crypto';
import type { AttestationStep } from '../../attestation/verify.ts';
import type { Mutant } from '../types.ts';

const anyLeaf: AttestationStep = {
  name: 'chain',
  run: (context) => {
    if (context.document) context.leaf = new X509Certificate(context.document.certificate);
    return undefined;
  },
};

/** The worker believes attestations under any root. */
export const mutant: Mutant = {
  id: 'attestation-chain-unchecked',
  defects: ['D43'],
  title: 'The worker believes attestations under any root',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    attestationSteps: seams.attestationSteps.map((step) => (step.name === 'chain' ? anyLeaf : step)),
  }),
};
