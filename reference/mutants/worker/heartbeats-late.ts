import type { Mutant } from '../types.ts';

/** The worker lets five intervals pass between heartbeats. */
export const mutant: Mutant = {
  id: 'heartbeats-late',
  defects: ['D15'],
  title: 'The worker lets five intervals pass between heartbeats',
  part: 'worker',
  worker: (seams) => ({ ...seams, interval: (ms) => 5 * ms }),
};
