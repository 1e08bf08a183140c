import { withoutKeystore } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker takes its key from its configuration alone. */
export const mutant: Mutant = {
  id: 'keystore-refused',
  defects: [],
  title: 'The worker takes its key from its configuration alone',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withoutKeystore }),
};
