import { onceBeating, unknownForUnavailable } from '../support/master-answers.ts';
import type { Mutant } from '../types.ts';

/** A failed heartbeat makes the worker register again. */
export const mutant: Mutant = {
  id: 'rejoins-on-failure',
  defects: [],
  title: 'A failed heartbeat makes the worker register again',
  part: 'worker',
  worker: (seams) => ({ ...seams, answer: onceBeating(unknownForUnavailable) }),
};
