import { rewritten, withQuery, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'initial-always-allowed',
  defects: [],
  title: 'sendInitialEvents needs nothing else',
  part: 'master',
  master: rewritten((request) =>
    request.query.includes('sendInitialEvents=true')
      ? withQuery(withoutQuery(request, 'resourceVersion'), 'resourceVersionMatch', 'NotOlderThan')
      : request,
  ),
};
