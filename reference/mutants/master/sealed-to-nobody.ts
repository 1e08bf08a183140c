import type { Mutant } from '../types.ts';

/** The key of the store is sealed under a key that every enclave has. */
export const mutant: Mutant = {
  id: 'sealed-to-nobody',
  defects: ['D25'],
  title: 'The key of the store is sealed under a key that every enclave has',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        sealing: { sealingKey: () => Promise.resolve(Buffer.alloc(32, 9)) },
      }),
  }),
};
