import type { Mutant } from '../types.ts';

/** The worker does not register again when the master has forgotten it. */
export const mutant: Mutant = {
  id: 'unknown-node-ignored',
  defects: [],
  title: 'The worker does not register again when the master has forgotten it',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    answer: (answer) => (answer.status === 404 ? { ...answer, status: 503, body: new Uint8Array() } : answer),
  }),
};
