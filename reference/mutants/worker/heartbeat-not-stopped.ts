import type { Mutant } from '../types.ts';

/** Heartbeats go on after the shutdown. */
export const mutant: Mutant = {
  id: 'heartbeat-not-stopped',
  defects: ['D18'],
  title: 'Heartbeats go on after the shutdown',
  part: 'worker',
  worker: (seams) => ({ ...seams, stopsHeartbeats: false }),
};
