import type { Mutant } from '../types.ts';

/** The worker goes on after its stake was slashed. */
export const mutant: Mutant = {
  id: 'worker-ignores-slashing',
  defects: ['D20'],
  title: 'The worker goes on after its stake was slashed',
  part: 'worker',
  worker: (seams) => ({ ...seams, obeysSlashing: false }),
};
