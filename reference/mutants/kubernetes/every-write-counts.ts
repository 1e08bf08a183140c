import { rewritten, withBody, inside } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

let writes = 0;

export const mutant: Mutant = {
  id: 'every-write-counts',
  defects: [],
  title: 'A write that changes nothing is stored like any other',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'PUT' || request.method === 'PATCH'
      ? withBody(request, (body) => {
          if (Array.isArray(body)) return;
          writes += 1;
          inside(body, 'metadata', 'annotations')['writes'] = String(writes);
        })
      : request,
  ),
};
