import type { Mutant } from '../types.ts';

/** A worker that waits for its master cannot be stopped. */
export const mutant: Mutant = {
  id: 'start-not-interruptible',
  defects: ['D18'],
  title: 'A worker that waits for its master cannot be stopped',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    nautilusInfo: (read, configured) => async (question, signal) => {
      process.removeAllListeners('SIGTERM').on('SIGTERM', () => undefined);
      return seams.nautilusInfo(read, configured)(question, signal);
    },
  }),
};
