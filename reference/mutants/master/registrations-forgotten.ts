import type { Mutant } from '../types.ts';

/** Registrations are not stored. */
export const mutant: Mutant = {
  id: 'registrations-forgotten',
  defects: ['D50'],
  title: 'Registrations are not stored',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        journal: (log) => ({
          append: (record) =>
            record.key.startsWith('/daas/workers/') ? Promise.resolve() : log.append(record),
        }),
      }),
  }),
};
