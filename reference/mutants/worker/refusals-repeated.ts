import type { Mutant } from '../types.ts';

/** The worker registers again and again after a refusal. */
export const mutant: Mutant = {
  id: 'refusals-repeated',
  defects: [],
  title: 'The worker registers again and again after a refusal',
  part: 'worker',
  worker: (seams) => ({ ...seams, isFinalRefusal: () => false }),
};
