import type { Mutant } from '../types.ts';

/** Every failed heartbeat restarts the agent. */
export const mutant: Mutant = {
  id: 'agent-restarted-early',
  defects: ['D19'],
  title: 'Every failed heartbeat restarts the agent',
  part: 'worker',
  worker: (seams) => ({ ...seams, failuresBeforeRestart: 1 }),
};
