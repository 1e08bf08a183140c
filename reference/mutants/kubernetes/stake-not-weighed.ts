import type { Mutant } from '../types.ts';

/** The stake has no say among equally loaded nodes. */
export const mutant: Mutant = {
  id: 'stake-not-weighed',
  defects: [],
  title: 'The stake has no say among equally loaded nodes',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: {
      ...seams.scheduling,
      better: (left, right) => (left.load !== right.load ? left.load < right.load : left.stake < right.stake),
    },
  }),
};
