import type { Mutant } from '../types.ts';

/** Pauses after a failure are the same for all workers. */
export const mutant: Mutant = {
  id: 'no-jitter',
  defects: [],
  title: 'Pauses after a failure are the same for all workers',
  part: 'worker',
  worker: (seams) => ({ ...seams, jitter: () => 0.5 }),
};
