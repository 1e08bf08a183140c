import type { Mutant } from '../types.ts';

const LATE_MS = 1_000;

/** Events that come late are dropped. */
export const mutant: Mutant = {
  id: 'late-events-dropped',
  defects: ['D39'],
  title: 'Events that come more than a second late are dropped',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        for await (const batch of seams.events(source).follow(options)) {
          yield Date.now() - batch.timestampMs > LATE_MS ? { ...batch, events: [] } : batch;
        }
      },
    }),
  }),
};
