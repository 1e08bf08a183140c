import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'reads-on-chain',
  defects: [],
  title: 'Reads go over the chain like writes',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => ({ ...seams.config(config), features: { ...config.features, direct_reads: false } }),
  }),
};
