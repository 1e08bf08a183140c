import { GcmCipher } from '../../store/seal-cipher.ts';
import type { Mutant } from '../types.ts';

/** What is sealed opens at any place. */
export const mutant: Mutant = {
  id: 'store-unbound',
  defects: [],
  title: 'What is sealed opens at any place',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        cipher: (keys, random) => {
          const cipher = new GcmCipher(keys, random);
          return {
            seal: (_context, plain) => cipher.seal('', plain),
            open: (_context, sealed) => cipher.open('', sealed),
          };
        },
      }),
  }),
};
