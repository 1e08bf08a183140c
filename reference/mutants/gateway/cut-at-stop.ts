import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cut-at-stop',
  defects: [],
  title: 'At SIGTERM everything under way is cut off',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => {
      process.once('SIGTERM', () => process.exit(1));
      return seams.config(config);
    },
  }),
};
