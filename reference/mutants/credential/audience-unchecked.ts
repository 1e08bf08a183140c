import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'audience-unchecked',
  defects: ['D08'],
  title: 'A credential for another cluster is accepted',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'audience') }),
};
