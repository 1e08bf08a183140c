import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'limit-ignored',
  defects: [],
  title: 'A list gives everything whatever its limit',
  part: 'master',
  master: rewritten((request) => withoutQuery(request, 'limit')),
};
