import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'timeout-ignored',
  defects: [],
  title: 'A watch goes on beyond its timeoutSeconds',
  part: 'master',
  master: rewritten((request) => withoutQuery(request, 'timeoutSeconds')),
};
