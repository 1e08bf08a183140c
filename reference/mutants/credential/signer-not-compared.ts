import { suiAddress } from '../../protocol/sui-signature.ts';
import { found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'signer-not-compared',
  defects: ['D08'],
  title: 'A signature must be good, but anybody may have made it',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(seams.steps, 'signature', async (context) => {
      const { payload, signature } = found(context.credential, 'shape');
      const signer = suiAddress(signature[0] ?? 0, signature.subarray(65));
      const good = await context.seams.verifySignature(payload, signature, signer);
      return good ? undefined : refuse('BadSignature');
    }),
  }),
};
