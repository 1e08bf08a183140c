import { answeringWatches } from '../support/watches.ts';
import type { Mutant } from '../types.ts';

const SILENCE_MS = 1_500;

/** A watch in which nothing happened for a while is given up, and its client not told. */
export const mutant: Mutant = {
  id: 'watch-falls-silent',
  defects: ['D29'],
  title: 'A watch in which nothing happened for a while is given up without a word',
  part: 'gateway',
  gateway: answeringWatches(async function* (chunks) {
    let last = performance.now();
    for await (const chunk of chunks) {
      if (performance.now() - last > SILENCE_MS) continue;
      last = performance.now();
      yield chunk;
    }
  }),
};
