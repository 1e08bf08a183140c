import { rewritten, withBody } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'dependents-stay',
  defects: [],
  title: 'A delete never removes dependents',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'DELETE' && request.body.length > 0
      ? withBody(request, (body) => {
          body['propagationPolicy'] = 'Orphan';
        })
      : request,
  ),
};
