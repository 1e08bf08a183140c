import type { Mutant } from '../types.ts';

/** The worker believes join data that nobody signed. */
export const mutant: Mutant = {
  id: 'join-unsigned-accepted',
  defects: ['D43'],
  title: 'The worker believes join data that nobody signed',
  part: 'worker',
  worker: (seams) => ({ ...seams, checksJoin: false }),
};
