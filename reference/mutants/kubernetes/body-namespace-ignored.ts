import { rewritten, withBody, inside } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'body-namespace-ignored',
  defects: [],
  title: 'The namespace in a body does not matter',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'POST' && request.path.includes('/namespaces/')
      ? withBody(request, (body) => {
          delete inside(body, 'metadata')['namespace'];
        })
      : request,
  ),
};
