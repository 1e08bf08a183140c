import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

/** The worker stakes without looking for a stake. */
export const mutant: Mutant = {
  id: 'stakes-again',
  defects: [],
  title: 'The worker stakes without looking for a stake',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    reader: (reader) => replaced(reader, { stakeRecordOf: () => Promise.resolve(undefined) }),
  }),
};
