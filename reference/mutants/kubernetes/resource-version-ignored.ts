import { rewritten, withBody, inside } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'resource-version-ignored',
  defects: ['D28'],
  title: 'A write wins whatever resourceVersion it was made from',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'PUT' || request.method === 'PATCH'
      ? withBody(request, (body) => {
          if (!Array.isArray(body)) delete inside(body, 'metadata')['resourceVersion'];
        })
      : request,
  ),
};
