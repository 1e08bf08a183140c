import type { Mutant } from '../types.ts';

const EARLY_MS = 500;

/** Events of a chain whose clock is ahead are dropped. */
export const mutant: Mutant = {
  id: 'future-events-dropped',
  defects: [],
  title: 'Events of a chain whose clock is ahead are dropped',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        for await (const batch of seams.events(source).follow(options)) {
          yield batch.timestampMs - Date.now() > EARLY_MS ? { ...batch, events: [] } : batch;
        }
      },
    }),
  }),
};
