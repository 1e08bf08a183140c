import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

/** The agent outlives its worker. */
export const mutant: Mutant = {
  id: 'agent-not-stopped',
  defects: ['D18'],
  title: 'The agent outlives its worker',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    agent: (agent) => replaced(agent, { stop: () => Promise.resolve() }),
  }),
};
