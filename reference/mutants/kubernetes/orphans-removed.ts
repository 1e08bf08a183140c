import { rewritten, withBody } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'orphans-removed',
  defects: [],
  title: 'A delete always removes dependents',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'DELETE' && request.body.length > 0
      ? withBody(request, (body) => {
          body['propagationPolicy'] = 'Background';
        })
      : request,
  ),
};
