import { hasNoForbiddingTaint } from '../../kubernetes/scheduler/filters.ts';
import type { Mutant } from '../types.ts';

/** Taints are ignored. */
export const mutant: Mutant = {
  id: 'schedules-on-tainted',
  defects: [],
  title: 'Taints are ignored',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: {
      ...seams.scheduling,
      filters: seams.scheduling.filters.filter((one) => one !== hasNoForbiddingTaint),
    },
  }),
};
