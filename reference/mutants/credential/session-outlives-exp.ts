import { replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'session-outlives-exp',
  defects: ['D04'],
  title: 'A session that was used goes on for the length of the skew',
  part: 'credential',
  credential: (seams) => {
    const check = seams.steps.find(({ name }) => name === 'replay');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'replay', (context) => {
        const skewMs = context.seams.clockSkewSeconds * 1000;
        return check?.run({ ...context, nowMs: context.nowMs - skewMs });
      }),
    };
  },
};
