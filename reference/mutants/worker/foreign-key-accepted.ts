import type { Mutant } from '../types.ts';

/** The worker signs with a key that is not that of its address. */
export const mutant: Mutant = {
  id: 'foreign-key-accepted',
  defects: [],
  title: 'The worker signs with a key that is not that of its address',
  part: 'worker',
  worker: (seams) => ({ ...seams, checksKey: false }),
};
