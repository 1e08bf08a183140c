import { noticingRestart } from '../support/restarted.ts';
import type { Mutant } from '../types.ts';

/** After a restart only workers that were heard of since can go offline. */
export const mutant: Mutant = {
  id: 'silence-forgotten',
  defects: ['D17'],
  title: 'After a restart nobody goes offline any more',
  part: 'master',
  master: (seams) => {
    const { storeOptions, isRestart } = noticingRestart(seams);
    return {
      ...seams,
      storeOptions,
      get offlineAfterSeconds() {
        return isRestart() ? Number.POSITIVE_INFINITY : seams.offlineAfterSeconds;
      },
    };
  },
};
