import { withoutJoinToken } from '../support/master-answers.ts';
import type { Mutant } from '../types.ts';

/** The agent does not show the token that it was given. */
export const mutant: Mutant = {
  id: 'agent-without-token',
  defects: [],
  title: 'The agent does not show the token that it was given',
  part: 'worker',
  worker: (seams) => ({ ...seams, checksJoin: false, answer: withoutJoinToken }),
};
