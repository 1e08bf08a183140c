import type { Mutant } from '../types.ts';
import { replaceStep } from '../../protocol/verification-steps.ts';

/** A seal token outlives the slashing or withdrawal of its stake. */
export const mutant: Mutant = {
  id: 'slashed-token-valid',
  defects: ['D09'],
  title: 'A seal token outlives the slashing or withdrawal of its stake',
  part: 'master',
  credential: (seams) => ({ ...seams, steps: replaceStep(seams.steps, 'stake', () => undefined) }),
  master: (seams) => ({ ...seams, obeysSlashing: false }),
};
