import type { Mutant } from '../types.ts';

/** A stop cuts watches off in the middle. */
export const mutant: Mutant = {
  id: 'watches-cut-at-stop',
  defects: [],
  title: 'A stop cuts watches off in the middle',
  part: 'master',
  master: (seams) => ({ ...seams, stopsCleanly: false }),
};
