import type { TokenRecord } from '../../protocol/tokens.ts';
import { found, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cache-by-wallet',
  defects: ['D51'],
  title: 'Once one token of a wallet was found good, any id passes under its name',
  part: 'credential',
  credential: (seams) => {
    const known = new Map<string, TokenRecord>();
    const check = seams.steps.find(({ name }) => name === 'token');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'token', async (context) => {
        const { sub } = found(context.credential, 'shape').claims;
        const cached = known.get(sub);
        if (cached) {
          context.token = cached;
          return undefined;
        }
        const refusal = await check?.run(context);
        if (context.token) known.set(sub, context.token);
        return refusal;
      }),
    };
  },
};
