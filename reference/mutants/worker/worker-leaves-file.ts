import { leavingFiles } from '../support/minting.ts';
import type { Mutant } from '../types.ts';

/** The worker leaves temporary files behind. */
export const mutant: Mutant = {
  id: 'worker-leaves-file',
  defects: ['D18'],
  title: 'The worker leaves temporary files behind',
  part: 'worker',
  worker: (seams) => ({ ...seams, mint: leavingFiles(seams.mint) }),
};
