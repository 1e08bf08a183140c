import type { Mutant } from '../types.ts';

/** A heartbeat counts for whatever node it names. */
export const mutant: Mutant = {
  id: 'heartbeat-any-node',
  defects: ['D16'],
  title: 'A heartbeat counts for whatever node it names',
  part: 'master',
  master: (seams) => ({
    ...seams,
    heartbeatsOwnNodeOnly: false,
    heartbeatChecks: { ...seams.heartbeatChecks, nodeId: () => {} },
  }),
};
