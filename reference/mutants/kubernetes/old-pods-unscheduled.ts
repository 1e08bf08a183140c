import type { Mutant } from '../types.ts';

/** The scheduler knows the pods that it saw being created, and no others. */
export const mutant: Mutant = {
  id: 'old-pods-unscheduled',
  defects: [],
  title: 'Pods that wait since before a restart are never bound',
  part: 'master',
  master: (seams) => {
    // Times of creation have whole seconds.
    const startedMs = Math.floor(Date.now() / 1000) * 1000;
    const { filters } = seams.scheduling;
    const isOld = (created: string | undefined): boolean => Date.parse(created ?? '') < startedMs;
    return {
      ...seams,
      scheduling: {
        ...seams.scheduling,
        filters: [
          ({ metadata }) => (isOld(metadata.creationTimestamp) ? 'pod(s) were too old' : undefined),
          ...filters,
        ],
      },
    };
  },
};
