import type { ChainEvent } from '../../chain/types.ts';
import type { Mutant } from '../types.ts';

/** A push is answered with another look at the event, which takes effect once more. */
export const mutant: Mutant = {
  id: 'pushed-event-again',
  defects: [],
  title: 'An event that is pushed after it was found on the chain takes effect again',
  part: 'master',
  master: (seams) => {
    const found: ChainEvent[] = [];
    return {
      ...seams,
      remembersEvents: false,
      events: (source) => ({
        async *follow(options) {
          for await (const batch of seams.events(source).follow(options)) {
            found.push(...batch.events);
            yield batch;
          }
        },
      }),
      onHint: async (pushed, processor) => {
        const digests = new Set(pushed.map(({ tx_digest: digest }) => digest));
        for (const event of found) if (digests.has(event.txDigest)) await processor.apply(event);
      },
    };
  },
};
