import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'leader-lease-too-long',
  defects: [],
  title: 'A dead leader keeps its place for half a minute',
  part: 'master',
  master: (seams) => ({ ...seams, leaseSeconds: 30 }),
};
