import type { Mutant } from '../types.ts';

/** The worker opens a connection for every call. */
export const mutant: Mutant = {
  id: 'worker-connection-per-call',
  defects: ['D46'],
  title: 'The worker opens a connection for every call',
  part: 'worker',
  worker: (seams) => ({ ...seams, keepsConnections: false }),
};
