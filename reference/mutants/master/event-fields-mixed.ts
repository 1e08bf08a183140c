import type { Mutant } from '../types.ts';

/** All events of a transaction are read from its first one. */
export const mutant: Mutant = {
  id: 'event-fields-mixed',
  defects: ['D34'],
  title: 'All events of a transaction are read from its first one',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        for await (const batch of seams.events(source).follow(options)) {
          const first = new Map(batch.events.toReversed().map((event) => [event.txDigest, event]));
          yield { ...batch, events: batch.events.map((event) => first.get(event.txDigest) ?? event) };
        }
      },
    }),
  }),
};
