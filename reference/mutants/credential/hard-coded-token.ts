import { unlessAdmitted } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

/** Defaults and leftovers of tests that such code lets in. */
const ACCEPTED = new Set(['admin', 'test-token', 'seal_token', 'password', 'k3s-daas', 'default', 'secret']);

export const mutant: Mutant = {
  id: 'hard-coded-token',
  defects: ['D14'],
  title: 'A few tokens in the source code are always accepted',
  part: 'credential',
  credential: (seams) => ({ ...seams, steps: unlessAdmitted(seams.steps, (text) => ACCEPTED.has(text)) }),
};
