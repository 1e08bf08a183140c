import type { Mutant } from '../types.ts';

/** A heartbeat may have any timestamp. */
export const mutant: Mutant = {
  id: 'heartbeat-timestamp-ignored',
  defects: ['D07'],
  title: 'A heartbeat may have any timestamp',
  part: 'master',
  master: (seams) => ({ ...seams, heartbeatChecks: { ...seams.heartbeatChecks, timestamp: () => {} } }),
};
