import { everLonger } from '../support/pauses.ts';
import type { Mutant } from '../types.ts';

/** The pauses after failures never become shorter again. */
export const mutant: Mutant = {
  id: 'backoff-kept',
  defects: [],
  title: 'The pauses after failures never become shorter again',
  part: 'worker',
  worker: (seams) => ({ ...seams, pause: everLonger() }),
};
