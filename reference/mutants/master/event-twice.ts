import type { Mutant } from '../types.ts';

/** Events are processed again after a restart. */
export const mutant: Mutant = {
  id: 'event-twice',
  defects: ['D38'],
  title: 'Events are processed again after a restart',
  part: 'master',
  master: (seams) => ({ ...seams, remembersEvents: false, rewind: 1_000n }),
};
