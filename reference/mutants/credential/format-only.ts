import { found } from '../../protocol/verification-steps.ts';
import { invented, passing } from '../support/steps.ts';
import { replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'format-only',
  defects: ['D02'],
  title: 'The token is checked for its format only; the chain is never asked',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(passing(seams.steps, 'signature', 'kind'), 'token', (context) => {
      context.token = invented(found(context.credential, 'shape').claims);
      return undefined;
    }),
  }),
};
