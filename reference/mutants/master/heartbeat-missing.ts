import type { Mutant } from '../types.ts';

/** There is no heartbeat endpoint. */
export const mutant: Mutant = {
  id: 'heartbeat-missing',
  defects: ['D15'],
  title: 'There is no heartbeat endpoint',
  part: 'master',
  master: (seams) => ({ ...seams, servesHeartbeat: false }),
};
