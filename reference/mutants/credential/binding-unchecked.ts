import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'binding-unchecked',
  defects: [],
  title: 'A one-shot credential is good for any request',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'binding') }),
};
