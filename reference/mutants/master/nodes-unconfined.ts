import type { Mutant } from '../types.ts';

/** An agent may do to other nodes what it may do to its own. */
export const mutant: Mutant = {
  id: 'nodes-unconfined',
  defects: ['D16'],
  title: 'an agent may do to other nodes what it may do to its own',
  part: 'master',
  master: (seams) => ({ ...seams, nodeMay: () => Promise.resolve(true) }),
};
