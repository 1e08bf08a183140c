import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'requests-kept-for-ever',
  defects: ['D36'],
  title: 'Requests without a result are kept for a day',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({
      ...seams.config(config),
      timings: { ...config.timings, outcome_ttl_seconds: 86_400 },
    }),
  }),
};
