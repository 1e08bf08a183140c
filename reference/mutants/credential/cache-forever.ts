import type { TokenLookup } from '../../protocol/tokens.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cache-forever',
  defects: ['D10'],
  title: 'A token once found valid stays valid for ever; a revocation has no effect',
  part: 'credential',
  credential: (seams) => {
    const known = new Map<string, TokenLookup>();
    return {
      ...seams,
      tokens: {
        lookup: async (id, kind) => {
          const lookup = known.get(id) ?? (await seams.tokens.lookup(id, kind));
          if (lookup.status === 'found') known.set(id, lookup);
          return lookup;
        },
      },
    };
  },
};
