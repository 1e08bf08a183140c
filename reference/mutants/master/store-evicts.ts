import type { Mutant } from '../types.ts';
import { strictPolicy } from '../../store/store-policy.ts';

function oldest(records: Iterable<{ key: string }>): string | undefined {
  for (const { key } of records) return key;
  return undefined;
}

/** A full store gives up its oldest entry. */
export const mutant: Mutant = {
  id: 'store-evicts',
  defects: ['D27'],
  title: 'A full store gives up its oldest entry',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        policy: { ...strictPolicy, victim: (state) => oldest(state.records()) },
      }),
  }),
};
