import { rewritten, withQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'scale-does-nothing',
  defects: [],
  title: 'A write to /scale is answered and not done',
  part: 'master',
  master: rewritten((request) =>
    request.path.endsWith('/scale') && request.method !== 'GET'
      ? withQuery(request, 'dryRun', 'All')
      : request,
  ),
};
