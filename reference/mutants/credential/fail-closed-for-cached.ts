import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'fail-closed-for-cached',
  defects: ['D13'],
  title: 'While the chain cannot be reached, sessions with a cached token are cut off too',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    tokens: {
      lookup: async (id, kind) => {
        try {
          await seams.reader.status({ deadlineMs: 1_000 });
        } catch {
          return { status: 'unavailable', retryAfterSeconds: 2 };
        }
        return seams.tokens.lookup(id, kind);
      },
    },
  }),
};
