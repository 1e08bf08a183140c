import type { Mutant } from '../types.ts';

/** Small, so that a test need not send a million credentials. */
const CAPACITY = 64;

/** A full nonce memory forgets its oldest entry. */
export const mutant: Mutant = {
  id: 'nonce-evicted',
  defects: ['D06', 'D04'],
  title: 'A full nonce memory forgets its oldest entry',
  part: 'credential',
  credential: (seams) => {
    const used = new Map<string, string>();
    return {
      ...seams,
      nonces: {
        putIfAbsent: (key, value) => {
          const present = used.get(key);
          if (present !== undefined) return Promise.resolve({ status: 'present', value: present });
          used.set(key, value);
          const oldest = used.keys().next();
          if (used.size > CAPACITY && !oldest.done) used.delete(oldest.value);
          return Promise.resolve({ status: 'stored' });
        },
      },
    };
  },
};
