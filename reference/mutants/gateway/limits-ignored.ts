import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'limits-ignored',
  defects: ['D23'],
  title: 'Neither the size of a body nor the rate of a wallet has a limit',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({
      ...seams.config(config),
      limits: { ...config.limits, body_bytes: 2 ** 30, requests_per_second: 1e9, burst: 2 ** 30 },
    }),
  }),
};
