import type { Mutant } from '../types.ts';

/** The worker waits for an answer for ever. */
export const mutant: Mutant = {
  id: 'never-gives-up',
  defects: [],
  title: 'The worker waits for an answer for ever',
  part: 'worker',
  worker: (seams) => ({ ...seams, patience: () => 600_000 }),
};
