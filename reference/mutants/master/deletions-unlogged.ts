import type { Mutant } from '../types.ts';

/** Deletions are in memory only. */
export const mutant: Mutant = {
  id: 'deletions-unlogged',
  defects: ['D50'],
  title: 'Deletions are in memory only: a restart brings back what was deleted',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        journal: (log) => ({
          append: (record) => (record.type === 'delete' ? Promise.resolve() : log.append(record)),
        }),
      }),
  }),
};
