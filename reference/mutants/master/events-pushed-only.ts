import type { Mutant } from '../types.ts';

/** Events take effect only after somebody pushed them. */
export const mutant: Mutant = {
  id: 'events-pushed-only',
  defects: ['D39'],
  title: 'Events take effect only after somebody pushed them',
  part: 'master',
  master: (seams) => {
    let pushed = Promise.withResolvers<void>();
    return {
      ...seams,
      onHint: () => {
        pushed.resolve();
        pushed = Promise.withResolvers();
      },
      events: (source) => ({
        async *follow(options) {
          for await (const batch of seams.events(source).follow(options)) {
            if (batch.events.length > 0) await pushed.promise;
            yield batch;
          }
        },
      }),
    };
  },
};
