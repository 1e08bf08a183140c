import type { Mutant } from '../types.ts';

/** Heartbeats tell nothing of the stake. */
export const mutant: Mutant = {
  id: 'heartbeat-empty',
  defects: [],
  title: 'Heartbeats tell nothing of the stake',
  part: 'worker',
  worker: (seams) => ({ ...seams, heartbeat: (report) => ({ ...report, stake_amount: 0n }) }),
};
