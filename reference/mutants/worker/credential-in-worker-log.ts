import { telling } from '../support/minting.ts';
import type { Mutant } from '../types.ts';

/** The worker writes its credentials to its log. */
export const mutant: Mutant = {
  id: 'credential-in-worker-log',
  defects: ['D22'],
  title: 'The worker writes its credentials to its log',
  part: 'worker',
  worker: (seams) => ({ ...seams, mint: telling(seams.mint) }),
};
