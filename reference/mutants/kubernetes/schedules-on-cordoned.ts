import { isSchedulable } from '../../kubernetes/scheduler/filters.ts';
import type { Mutant } from '../types.ts';

/** Pods are bound to cordoned nodes. */
export const mutant: Mutant = {
  id: 'schedules-on-cordoned',
  defects: [],
  title: 'Pods are bound to cordoned nodes',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: {
      ...seams.scheduling,
      filters: seams.scheduling.filters.filter((one) => one !== isSchedulable),
    },
  }),
};
