import { withoutUnknown } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker ignores fields of its configuration that it does not know. */
export const mutant: Mutant = {
  id: 'config-unknown-allowed',
  defects: [],
  title: 'The worker ignores fields of its configuration that it does not know',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withoutUnknown }),
};
