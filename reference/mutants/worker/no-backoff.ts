import type { Mutant } from '../types.ts';

/** The worker tries again at once, however often. */
export const mutant: Mutant = {
  id: 'no-backoff',
  defects: [],
  title: 'The worker tries again at once, however often',
  part: 'worker',
  worker: (seams) => ({ ...seams, pause: () => 20 }),
};
