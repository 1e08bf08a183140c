import type { Mutant } from '../types.ts';

/** A registration may name a node other than the one of its seal token. */
export const mutant: Mutant = {
  id: 'foreign-node-accepted',
  defects: ['D08'],
  title: 'A registration may name a node other than the one of its seal token',
  part: 'master',
  master: (seams) => ({ ...seams, registrationChecks: { ...seams.registrationChecks, nodeId: () => {} } }),
};
