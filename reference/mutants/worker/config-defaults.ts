import { withDefaults } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker makes up what its configuration leaves out. */
export const mutant: Mutant = {
  id: 'config-defaults',
  defects: [],
  title: 'The worker makes up what its configuration leaves out',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withDefaults }),
};
