import type { Mutant } from '../types.ts';

/** The store writes plain values. */
export const mutant: Mutant = {
  id: 'store-plaintext',
  defects: ['D24'],
  title: 'The store writes plain values',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        cipher: () => ({ seal: (_context, plain) => plain, open: (_context, sealed) => sealed }),
      }),
  }),
};
