import type { StoreRecord } from '../../store/store-state.ts';
import type { Mutant } from '../types.ts';

/** Of no meaning, so that no revision is missing. */
const instead = (revision: number): StoreRecord => ({
  type: 'put',
  key: '/nothing',
  value: new Uint8Array(1),
  revision,
  created: revision,
  expiresAtMs: Infinity,
});

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
          append: (record) => log.append(record.type === 'delete' ? instead(record.revision) : record),
        }),
      }),
  }),
};
