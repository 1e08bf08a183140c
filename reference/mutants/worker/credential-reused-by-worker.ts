import { remembering } from '../support/minting.ts';
import type { Mutant } from '../types.ts';

/** The worker sends one credential again and again. */
export const mutant: Mutant = {
  id: 'credential-reused-by-worker',
  defects: ['D04'],
  title: 'The worker sends one credential again and again',
  part: 'worker',
  worker: (seams) => ({ ...seams, mint: remembering(seams.mint) }),
};
