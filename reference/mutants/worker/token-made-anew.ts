import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

/** The worker asks for a seal token without looking for one. */
export const mutant: Mutant = {
  id: 'token-made-anew',
  defects: [],
  title: 'The worker asks for a seal token without looking for one',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    reader: (reader) => replaced(reader, { sealTokenOf: () => Promise.resolve(undefined) }),
  }),
};
