import type { Mutant } from '../types.ts';

/** The events of a checkpoint take effect from the last to the first. */
export const mutant: Mutant = {
  id: 'events-backwards',
  defects: [],
  title: 'The events of a checkpoint take effect from the last to the first',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        for await (const batch of seams.events(source).follow(options))
          yield { ...batch, events: batch.events.toReversed() };
      },
    }),
  }),
};
