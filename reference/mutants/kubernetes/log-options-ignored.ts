import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'log-options-ignored',
  defects: [],
  title: 'The whole log as it was written, whatever was asked for',
  part: 'master',
  master: rewritten((request) =>
    request.path.endsWith('/log') ? withoutQuery(request, 'tailLines', 'follow', 'timestamps') : request,
  ),
};
