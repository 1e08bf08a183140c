import { rewritten, withBody } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'preconditions-ignored',
  defects: [],
  title: 'The preconditions of a delete do not matter',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'DELETE'
      ? withBody(request, (body) => {
          delete body['preconditions'];
        })
      : request,
  ),
};
