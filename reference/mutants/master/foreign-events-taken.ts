import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'foreign-events-taken',
  defects: [],
  title: 'Events count whichever package they are of and whichever endpoint they name',
  part: 'master',
  master: (seams) => ({ ...seams, eventPackage: undefined, serves: () => true }),
};
