import type { Mutant } from '../types.ts';
import { strictPolicy } from '../../store/store-policy.ts';

/** A write wins whatever its resourceVersion. */
export const mutant: Mutant = {
  id: 'lost-update',
  defects: ['D28'],
  title: 'A write wins whatever its resourceVersion',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        policy: { ...strictPolicy, expectedFits: (expected, actual) => expected !== 0 || actual === 0 },
      }),
  }),
};
