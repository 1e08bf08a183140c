import { found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'wallet-oracle',
  defects: [],
  title: 'A bad signature is answered otherwise when the token is not that of the wallet named',
  part: 'credential',
  credential: (seams) => {
    const check = seams.steps.find(({ name }) => name === 'signature');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'signature', async (context) => {
        const refusal = await check?.run(context);
        if (!refusal) return undefined;
        const { token, sub } = found(context.credential, 'shape').claims;
        const lookup = await seams.tokens.lookup(token, context.seams.tokenKind);
        return lookup.status === 'found' && lookup.owner === sub ? refusal : refuse('UnknownToken');
      }),
    };
  },
};
