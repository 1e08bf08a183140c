import { found, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cache-by-wallet-before-signature',
  defects: ['D51'],
  title: 'A wallet that was validated once is let in before its signature is looked at',
  part: 'credential',
  credential: (seams) => {
    const validated = new Set<string>();
    const check = seams.steps.find(({ name }) => name === 'signature');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'signature', async (context) => {
        const { sub } = found(context.credential, 'shape').claims;
        if (validated.has(sub)) return undefined;
        const refusal = await check?.run(context);
        if (refusal === undefined) validated.add(sub);
        return refusal;
      }),
    };
  },
};
