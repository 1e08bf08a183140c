import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'limit-one-off',
  defects: [],
  title: 'A body of exactly the limit is too large',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({
      ...seams.config(config),
      limits: { ...config.limits, body_bytes: config.limits.body_bytes - 1 },
    }),
  }),
};
