import type { Mutant } from '../types.ts';

/** Requests without a result are never dropped. */
export const mutant: Mutant = {
  id: 'requests-never-expire',
  defects: ['D36'],
  title: 'Requests without a result are never dropped',
  part: 'master',
  master: (seams) => ({ ...seams, dropsRequests: false }),
};
