import { refuse } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'refusal-in-general',
  defects: [],
  title: 'Every refusal of a credential gives the same reason',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: seams.steps.map((step) => ({
      name: step.name,
      run: async (context) => ((await step.run(context)) ? refuse('MalformedCredential') : undefined),
    })),
  }),
};
