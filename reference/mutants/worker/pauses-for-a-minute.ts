import type { Mutant } from '../types.ts';

/** After one failure the worker waits for a minute. */
export const mutant: Mutant = {
  id: 'pauses-for-a-minute',
  defects: [],
  title: 'After one failure the worker waits for a minute',
  part: 'worker',
  worker: (seams) => ({ ...seams, pause: () => 60_000 }),
};
