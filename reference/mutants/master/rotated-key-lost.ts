import { randomBytes } from 'node:crypto';
import { GcmCipher } from '../../store/seal-cipher.ts';
import type { Mutant } from '../types.ts';

/** After a rotation data is sealed under a key that is kept nowhere. */
export const mutant: Mutant = {
  id: 'rotated-key-lost',
  defects: ['D26'],
  title: 'After a rotation data is sealed under a key that is kept nowhere',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        cipher: (keys, random) => {
          const lost = randomBytes(32);
          const key = <K extends { id: number } | undefined>(known: K): K =>
            known && known.id > 1 ? { ...known, key: lost } : known;
          return new GcmCipher(
            {
              get active() {
                return key(keys.active);
              },
              get: (id) => key(keys.get(id)),
            },
            random,
          );
        },
      }),
  }),
};
