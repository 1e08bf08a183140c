import type { Mutant } from '../types.ts';
import { setTimeout } from 'node:timers/promises';

/** Looking a nonce up and remembering it are two steps. */
export const mutant: Mutant = {
  id: 'nonce-race',
  defects: ['D05'],
  title: 'Looking a nonce up and remembering it are two steps',
  part: 'credential',
  credential: (seams) => {
    const used = new Map<string, string>();
    return {
      ...seams,
      nonces: {
        putIfAbsent: async (key, value) => {
          const present = used.get(key);
          if (present !== undefined) return { status: 'present', value: present };
          await setTimeout(20);
          used.set(key, value);
          return { status: 'stored' };
        },
      },
    };
  },
};
