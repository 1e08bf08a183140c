import { unlessAdmitted } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'any-string-passes',
  defects: ['D01'],
  title: 'Any non-empty string passes as a seal token',
  part: 'credential',
  // A well-formed credential keeps its owner, as such implementations parse what they do not check.
  credential: (seams) => ({
    ...seams,
    steps: unlessAdmitted(seams.steps, (text) => text !== '' && !text.startsWith('seal1.')),
  }),
};
