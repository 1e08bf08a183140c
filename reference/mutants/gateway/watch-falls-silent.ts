import { answeringWatches, leftOpen } from '../support/watches.ts';
import type { Mutant } from '../types.ts';

const SILENCE_MS = 1_500;

/** A watch in which nothing happened for a while is given up: it tells nothing more, not even its end. */
export const mutant: Mutant = {
  id: 'watch-falls-silent',
  defects: ['D29'],
  title: 'A watch in which nothing happened for a while is given up without a word',
  part: 'gateway',
  gateway: answeringWatches(async function* (chunks) {
    let last = performance.now();
    const isGivenUp = (): boolean => performance.now() - last > SILENCE_MS;
    try {
      for await (const chunk of chunks) {
        if (isGivenUp()) continue;
        last = performance.now();
        yield chunk;
      }
    } catch (error) {
      if (!isGivenUp()) throw error;
    }
    if (isGivenUp()) await leftOpen();
  }),
};
