import type { Mutant } from '../types.ts';

/** The worker takes no notice of Retry-After. */
export const mutant: Mutant = {
  id: 'retry-after-ignored',
  defects: [],
  title: 'The worker takes no notice of Retry-After',
  part: 'worker',
  worker: (seams) => ({ ...seams, answer: (answer) => ({ ...answer, retryAfter: undefined }) }),
};
