import { rewritten, withBody, inside } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'finalizers-ignored',
  defects: [],
  title: 'Finalizers are not kept',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'POST'
      ? withBody(request, (body) => {
          delete inside(body, 'metadata')['finalizers'];
        })
      : request,
  ),
};
