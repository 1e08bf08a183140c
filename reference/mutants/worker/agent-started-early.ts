import type { Mutant } from '../types.ts';

/** The agent is started without waiting for the registration. */
export const mutant: Mutant = {
  id: 'agent-started-early',
  defects: [],
  title: 'The agent is started without waiting for the registration',
  part: 'worker',
  worker: (seams) => ({ ...seams, startsAgentEarly: true }),
};
