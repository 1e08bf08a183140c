import { scanFrames } from '../../store/frame.ts';
import type { Mutant } from '../types.ts';

/** A damaged log is cut off at the damage. */
export const mutant: Mutant = {
  id: 'damage-cut-off',
  defects: ['D50'],
  title: 'A damaged log is cut off at the damage',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        scan: (file) => {
          const { frames, end } = scanFrames(file);
          return { frames, end: end.status === 'corrupt' ? { status: 'torn', end: end.end } : end };
        },
      }),
  }),
};
