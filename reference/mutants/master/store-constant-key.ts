import type { Mutant } from '../types.ts';
import { GcmCipher } from '../../store/seal-cipher.ts';

const key = { id: 1, key: Buffer.alloc(32, 7), createdAt: 0 };
const constant = new GcmCipher({ active: key, get: () => key }, (size) => new Uint8Array(size));

/** The store's key and initialisation vector never change. */
export const mutant: Mutant = {
  id: 'store-constant-key',
  defects: ['D25'],
  title: 'Key and initialisation vector of the store never change',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) => seams.storeOptions({ ...options, cipher: () => constant }),
  }),
};
