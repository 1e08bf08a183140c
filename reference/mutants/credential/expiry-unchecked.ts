import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'expiry-unchecked',
  defects: ['D03'],
  title: 'Neither the credential nor the token ever expires',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'expiry', 'token-expired') }),
};
