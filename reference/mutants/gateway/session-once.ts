import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'session-once',
  defects: [],
  title: 'A session credential passes a single time',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({
      ...seams.config(config),
      features: { ...config.features, one_shot_kubectl: true },
    }),
  }),
};
