import type { Mutant } from '../types.ts';

/** Pods that wait are not looked at again. */
export const mutant: Mutant = {
  id: 'waiting-pods-forgotten',
  defects: [],
  title: 'Pods that wait are not looked at again',
  part: 'master',
  master: (seams) => ({ ...seams, scheduling: { ...seams.scheduling, retries: false } }),
};
