import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'gateway-connection-per-call',
  defects: ['D46'],
  title: 'Every call to the master opens a connection of its own',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, keepsConnections: false }),
};
