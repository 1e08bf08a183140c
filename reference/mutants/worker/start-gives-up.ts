import type { Mutant } from '../types.ts';

/** The worker gives up when the master cannot register it now. */
export const mutant: Mutant = {
  id: 'start-gives-up',
  defects: [],
  title: 'The worker gives up when the master cannot register it now',
  part: 'worker',
  worker: (seams) => ({ ...seams, isFinalRefusal: () => true }),
};
