import type { Mutant } from '../types.ts';

/** The most loaded node is chosen. */
export const mutant: Mutant = {
  id: 'most-loaded-chosen',
  defects: [],
  title: 'The most loaded node is chosen',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: { ...seams.scheduling, better: (left, right) => seams.scheduling.better(right, left) },
  }),
};
