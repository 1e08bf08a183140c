import type { Mutant } from '../types.ts';

/** The worker asks the master of its configuration. */
export const mutant: Mutant = {
  id: 'endpoint-of-configuration',
  defects: ['D02'],
  title: 'The worker asks the master of its configuration',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    nautilusInfo: (read, configured) => async (question, signal) => ({
      ...(await read(question, signal)),
      url: configured,
    }),
  }),
};
