import { isWatch, kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'watches-pile-up',
  defects: ['D46'],
  title: 'A watch whose client went away goes on and slows the others down',
  part: 'master',
  master: kubernetes((handle) => {
    let watches = 0;
    return async (request) => {
      if (isWatch(request)) watches += 1;
      // As if each of them had to be looked at.
      else await new Promise((resolve) => setTimeout(resolve, 4 * watches));
      return handle(request);
    };
  }),
};
