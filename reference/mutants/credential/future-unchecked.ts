import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'future-unchecked',
  defects: ['D03'],
  title: 'A credential from the future is accepted',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'not-yet-valid') }),
};
