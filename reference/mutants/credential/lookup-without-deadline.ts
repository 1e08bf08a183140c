import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'lookup-without-deadline',
  defects: ['D12'],
  title: 'A chain that accepts connections and never answers is waited for',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    tokens: {
      lookup: async (id, kind) => {
        for (;;) {
          const lookup = await seams.tokens.lookup(id, kind);
          if (lookup.status !== 'unavailable') return lookup;
        }
      },
    },
  }),
};
