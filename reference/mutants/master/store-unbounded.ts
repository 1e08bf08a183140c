import type { Mutant } from '../types.ts';
/** The store has no bound. */
export const mutant: Mutant = {
  id: 'store-unbounded',
  defects: ['D23'],
  title: 'The store has no bound',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        limits: { entries: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
      }),
  }),
};
