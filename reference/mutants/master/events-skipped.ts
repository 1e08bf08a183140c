import type { Mutant } from '../types.ts';

/** A listener that falls behind skips events. */
export const mutant: Mutant = {
  id: 'events-skipped',
  defects: ['D39'],
  title: 'A listener that falls behind skips events',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        // A buffer of one: what comes while an event is being handled is lost.
        for await (const batch of seams.events(source).follow(options)) {
          yield { ...batch, events: batch.events.slice(0, 1) };
        }
      },
    }),
  }),
};
