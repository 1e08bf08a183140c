import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'scale-is-the-object',
  defects: [],
  title: '/scale answers the object itself',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'GET' ? { ...request, path: request.path.replace(/\/scale$/, '') } : request,
  ),
};
