import { systemClock } from '../../protocol/clock.ts';
import { MemoryNonceStore } from '../../protocol/memory-nonce-store.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'nonce-lost-at-restart',
  defects: ['D04'],
  title: 'Nonces are in memory only: a restart makes every credential good again',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    nonces: new MemoryNonceStore({ clock: systemClock, capacity: 1_000_000 }),
  }),
};
