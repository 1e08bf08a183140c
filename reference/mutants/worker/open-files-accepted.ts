import type { Mutant } from '../types.ts';

/** The worker uses key files that others can read. */
export const mutant: Mutant = {
  id: 'open-files-accepted',
  defects: [],
  title: 'The worker uses key files that others can read',
  part: 'worker',
  worker: (seams) => ({ ...seams, checksFileModes: false }),
};
