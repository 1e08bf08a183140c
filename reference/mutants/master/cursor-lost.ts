import type { Mutant } from '../types.ts';

/** A restarted listener begins with what happens from then on. */
export const mutant: Mutant = {
  id: 'cursor-lost',
  defects: ['D39'],
  title: 'A restarted listener begins with what happens from then on',
  part: 'master',
  master: (seams) => ({
    ...seams,
    events: (source) => ({
      async *follow(options) {
        const startedMs = Date.now();
        for await (const batch of seams.events(source).follow(options)) {
          yield batch.timestampMs < startedMs ? { ...batch, events: [] } : batch;
        }
      },
    }),
  }),
};
