import type { Mutant } from '../types.ts';

/** The worker takes no notice of STAKER_CONFIG_PATH. */
export const mutant: Mutant = {
  id: 'config-path-ignored',
  defects: [],
  title: 'The worker takes no notice of STAKER_CONFIG_PATH',
  part: 'worker',
  worker: (seams) => ({ ...seams, configFile: () => 'staker-config.json' }),
};
