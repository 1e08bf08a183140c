import { MemoryNonceStore } from '../../protocol/memory-nonce-store.ts';
import { systemClock } from '../../protocol/clock.ts';
import type { Mutant } from '../types.ts';

const SKEW_MS = 30_000;

export const mutant: Mutant = {
  id: 'nonce-until-exp',
  defects: ['D04'],
  title: 'A nonce is forgotten at exp, while the skew still lets its credential in',
  part: 'credential',
  credential: (seams) => {
    const store = new MemoryNonceStore({ clock: systemClock, capacity: 1_000_000 });
    return {
      ...seams,
      nonces: {
        putIfAbsent: async (key, value, untilMs) => {
          const outcome = await store.putIfAbsent(key, value, untilMs - 2 * SKEW_MS);
          return outcome.status === 'forgotten' ? { status: 'stored' } : outcome;
        },
      },
    };
  },
};
