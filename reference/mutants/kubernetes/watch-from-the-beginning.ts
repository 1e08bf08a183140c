import { isWatch, rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'watch-from-the-beginning',
  defects: [],
  title: 'A watch always begins with everything there is',
  part: 'master',
  master: rewritten((request) => (isWatch(request) ? withoutQuery(request, 'resourceVersion') : request)),
};
