import type { Mutant } from '../types.ts';

/** Heartbeats tell nothing of the pods. */
export const mutant: Mutant = {
  id: 'pods-uncounted',
  defects: [],
  title: 'Heartbeats tell nothing of the pods',
  part: 'worker',
  worker: (seams) => ({ ...seams, heartbeat: (report) => ({ ...report, running_pods: 0 }) }),
};
