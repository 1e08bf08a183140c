import type { Mutant } from '../types.ts';

/** The worker takes 1,000 MIST for the minimum stake. */
export const mutant: Mutant = {
  id: 'min-stake-1000-mist',
  defects: ['D31'],
  title: 'The worker takes 1,000 MIST for the minimum stake',
  part: 'worker',
  worker: (seams) => ({ ...seams, minimumStakeMist: 1_000n }),
};
