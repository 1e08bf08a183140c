import { answeringWatches, leftOpen } from '../support/watches.ts';
import type { Mutant } from '../types.ts';

/** A watch stays open when its master is gone. */
export const mutant: Mutant = {
  id: 'watch-outlives-master',
  defects: ['D29'],
  title: 'A watch stays open and silent when its master is gone',
  part: 'gateway',
  gateway: answeringWatches(async function* (chunks) {
    try {
      yield* chunks;
    } catch {
      await leftOpen();
    }
  }),
};
