import { rewritten, withQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'apply-always-forced',
  defects: [],
  title: 'Server-side apply takes fields away from their owners without being told to',
  part: 'master',
  master: rewritten((request) => withQuery(request, 'force', 'true')),
};
