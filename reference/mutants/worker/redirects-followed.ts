import type { Mutant } from '../types.ts';

/** The worker follows redirects with its credential. */
export const mutant: Mutant = {
  id: 'redirects-followed',
  defects: [],
  title: 'The worker follows redirects with its credential',
  part: 'worker',
  worker: (seams) => ({ ...seams, followsRedirects: true }),
};
