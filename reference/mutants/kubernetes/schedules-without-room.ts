import { hasRoom } from '../../kubernetes/scheduler/filters.ts';
import type { Mutant } from '../types.ts';

/** Pods are bound where there is no room. */
export const mutant: Mutant = {
  id: 'schedules-without-room',
  defects: [],
  title: 'Pods are bound where there is no room',
  part: 'master',
  master: (seams) => ({
    ...seams,
    scheduling: { ...seams.scheduling, filters: seams.scheduling.filters.filter((one) => one !== hasRoom) },
  }),
};
