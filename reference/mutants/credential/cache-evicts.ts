import { LRUCache } from 'lru-cache';
import { TokenCache } from '../../chain/token-cache.ts';
import { systemClock } from '../../protocol/clock.ts';
import type { TokenLookup } from '../../protocol/tokens.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cache-evicts',
  defects: ['D23'],
  title: 'Unknown ids share the cache with tokens in use and drive them out',
  part: 'credential',
  credential: (seams) => {
    const memory = new LRUCache<string, TokenLookup>({ max: 64, ttl: 300_000 });
    const chain = (id: string, kind: 'seal' | 'gateway'): Promise<TokenLookup> =>
      new TokenCache({ reader: seams.reader, clock: systemClock, ttlSeconds: 1 }).lookup(id, kind);
    return {
      ...seams,
      tokens: {
        lookup: async (id, kind) => {
          const lookup = memory.get(id) ?? (await chain(id, kind));
          if (lookup.status !== 'unavailable') memory.set(id, lookup);
          return lookup;
        },
      },
    };
  },
};
