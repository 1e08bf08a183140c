import type { Mutant } from '../types.ts';

/** The busy threshold cannot be set. */
export const mutant: Mutant = {
  id: 'busy-share-fixed',
  defects: [],
  title: 'The busy threshold cannot be set',
  part: 'master',
  master: (seams) => ({ ...seams, busyShare: 0.9 }),
};
