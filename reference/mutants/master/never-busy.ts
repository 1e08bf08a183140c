import type { Mutant } from '../types.ts';

/** A worker is never busy. */
export const mutant: Mutant = {
  id: 'never-busy',
  defects: [],
  title: 'A worker is never busy',
  part: 'master',
  master: (seams) => ({ ...seams, busyShare: Number.POSITIVE_INFINITY }),
};
