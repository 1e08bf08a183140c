import { replaceStep } from '../../protocol/verification-steps.ts';
import { parseCredential } from '../../protocol/parse-credential.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'first-of-list',
  defects: [],
  title: 'Of a list of credentials in one header the first one counts',
  part: 'credential',
  credential: (seams) => {
    const check = seams.steps.find(({ name }) => name === 'shape');
    return {
      ...seams,
      steps: replaceStep(seams.steps, 'shape', (context) => {
        const first = parseCredential(context.text.split(',', 1)[0] ?? '');
        if (!first) return check?.run(context);
        context.credential = first;
        return undefined;
      }),
    };
  },
};
