import { withUsualStake } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker stakes what it likes. */
export const mutant: Mutant = {
  id: 'stake-amount-ignored',
  defects: [],
  title: 'The worker stakes what it likes',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withUsualStake }),
};
