import { found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'session-once',
  defects: [],
  title: 'A session passes once only, so that one kubectl command needs several',
  part: 'credential',
  credential: (seams) => {
    const seen = new Set<string>();
    const check = seams.steps.find(({ name }) => name === 'replay');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'replay', (context) => {
        const { payload } = found(context.credential, 'shape');
        if (seen.has(payload)) return refuse('ReplayDetected');
        seen.add(payload);
        return check?.run(context);
      }),
    };
  },
};
