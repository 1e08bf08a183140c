import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'revocation-unchecked',
  defects: ['D10'],
  title: 'A revoked token is as good as any',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: passing(seams.steps, 'token-revoked') }),
};
