import { isReady } from '../../kubernetes/scheduler/filters.ts';
import type { Mutant } from '../types.ts';

/** Pods are bound to nodes that are not ready. */
export const mutant: Mutant = {
  id: 'schedules-on-unready',
  defects: [],
  title: 'Pods are bound to nodes that are not ready',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: { ...seams.scheduling, filters: seams.scheduling.filters.filter((one) => one !== isReady) },
  }),
};
