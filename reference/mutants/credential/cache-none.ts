import { TokenCache } from '../../chain/token-cache.ts';
import { systemClock } from '../../protocol/clock.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'cache-none',
  defects: ['D11'],
  title: 'The chain is asked about the token on every request',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    tokens: {
      lookup: (id, kind) =>
        new TokenCache({ reader: seams.reader, clock: systemClock, ttlSeconds: 1 }).lookup(id, kind),
    },
  }),
};
