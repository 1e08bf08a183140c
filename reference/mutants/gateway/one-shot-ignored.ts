import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'one-shot-ignored',
  defects: [],
  title: 'The setting that lets each session pass once is ignored, by the plugin and by the gateway',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => {
      const own = seams.config(config);
      return { ...own, features: { ...own.features, one_shot_kubectl: false } };
    },
  }),
};
