import type { TokenLookup } from '../../protocol/tokens.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'outage-remembered',
  defects: [],
  title: 'A token that was asked for while the chain was away stays refused',
  part: 'credential',
  credential: (seams) => {
    const away = new Map<string, TokenLookup>();
    return {
      ...seams,
      tokens: {
        lookup: async (id, kind) => {
          const lookup = away.get(id) ?? (await seams.tokens.lookup(id, kind));
          if (lookup.status === 'unavailable') away.set(id, lookup);
          return lookup;
        },
      },
    };
  },
};
