import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'kind-unchecked',
  defects: ['D42'],
  title: 'The token of a worker passes on the user API and the reverse',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'kind') }),
};
