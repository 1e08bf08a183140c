import { found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'ed25519-only',
  defects: [],
  title: 'Wallets with secp256k1 and secp256r1 keys are turned away',
  part: 'credential',
  credential: (seams) => {
    const check = seams.steps.find(({ name }) => name === 'signature');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'signature', (context) =>
        found(context.credential, 'shape').signature[0] === 0 ? check?.run(context) : refuse('BadSignature'),
      ),
    };
  },
};
