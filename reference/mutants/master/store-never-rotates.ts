import type { Mutant } from '../types.ts';

/** The store's keys are never rotated. */
export const mutant: Mutant = {
  id: 'store-never-rotates',
  defects: ['D26'],
  title: 'The keys of the store are never rotated',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) => seams.storeOptions({ ...options, keyRotationSeconds: 0 }),
  }),
};
