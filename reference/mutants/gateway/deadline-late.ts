import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'deadline-late',
  defects: ['D36'],
  title: 'The deadline of a request is three times what is configured',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({
      ...seams.config(config),
      timings: { ...config.timings, request_deadline_ms: 3 * config.timings.request_deadline_ms },
    }),
  }),
};
