import { scanFrames } from '../../store/frame.ts';
import type { Mutant } from '../types.ts';

/** A torn last record keeps the store from opening. */
export const mutant: Mutant = {
  id: 'torn-log-refused',
  defects: ['D50'],
  title: 'A torn last record keeps the store from opening',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        scan: (file) => {
          const { frames, end } = scanFrames(file);
          return {
            frames,
            end: end.status === 'torn' ? { status: 'corrupt', end: end.end, why: 'torn' } : end,
          };
        },
      }),
  }),
};
