import type { Mutant } from '../types.ts';

/** A silent worker never goes offline. */
export const mutant: Mutant = {
  id: 'never-offline',
  defects: ['D17'],
  title: 'A silent worker never goes offline',
  part: 'master',
  master: (seams) => ({ ...seams, offlineAfterSeconds: Number.POSITIVE_INFINITY }),
};
