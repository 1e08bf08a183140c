import { found, replaceStep } from '../../protocol/verification-steps.ts';
import { invented } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'fail-open',
  defects: ['D12'],
  title: 'While the chain cannot be reached, every token is accepted',
  part: 'credential',
  credential: (seams) => {
    const asked = seams.steps.find(({ name }) => name === 'token');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'token', async (context) => {
        const refusal = await asked?.run(context);
        if (refusal?.reason !== 'ChainUnavailable') return refusal;
        context.token = invented(found(context.credential, 'shape').claims);
        return undefined;
      }),
    };
  },
};
