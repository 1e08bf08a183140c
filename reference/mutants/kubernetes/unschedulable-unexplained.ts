import type { Mutant } from '../types.ts';

/** A pod that fits nowhere does not say why. */
export const mutant: Mutant = {
  id: 'unschedulable-unexplained',
  defects: [],
  title: 'A pod that fits nowhere does not say why',
  part: 'master',
  master: (seams) => ({ ...seams, scheduling: { ...seams.scheduling, explains: false } }),
};
