import type { Mutant } from '../types.ts';

/** Failed heartbeats never restart the agent. */
export const mutant: Mutant = {
  id: 'agent-never-restarted',
  defects: ['D19'],
  title: 'Failed heartbeats never restart the agent',
  part: 'worker',
  worker: (seams) => ({ ...seams, failuresBeforeRestart: Number.POSITIVE_INFINITY }),
};
