import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'unknown-subresource-is-object',
  defects: [],
  title: 'A subresource that is not known is the object itself',
  part: 'master',
  master: rewritten((request) => ({
    ...request,
    path: request.path.replace(/(\/pods\/[^/]+)\/(?!log|status|binding|eviction).*$/, '$1'),
    method: /\/(?:exec|attach|portforward)/.test(request.path) ? 'GET' : request.method,
  })),
};
