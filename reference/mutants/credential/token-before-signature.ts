import { found, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'token-before-signature',
  defects: [],
  title:
    'The token is looked up before the signature is checked, so the time of a refusal tells what is known',
  part: 'credential',
  credential: (seams) => {
    const check = seams.steps.find(({ name }) => name === 'signature');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'signature', async (context) => {
        const { token } = found(context.credential, 'shape').claims;
        await seams.tokens.lookup(token, context.seams.tokenKind);
        return check?.run(context);
      }),
    };
  },
};
