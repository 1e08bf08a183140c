import { matchesSelector } from '../../kubernetes/scheduler/filters.ts';
import type { Mutant } from '../types.ts';

/** The nodeSelector of a pod is ignored. */
export const mutant: Mutant = {
  id: 'node-selector-ignored',
  defects: [],
  title: 'The nodeSelector of a pod is ignored',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: {
      ...seams.scheduling,
      filters: seams.scheduling.filters.filter((one) => one !== matchesSelector),
    },
  }),
};
