import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'any-patch-type',
  defects: [],
  title: 'A patch of any media type is a merge patch',
  part: 'master',
  gateway: (seams) => ({ ...seams, checkBody: () => undefined }),
  master: rewritten((request) =>
    request.method === 'PATCH' &&
    !/-patch\+(?:json|yaml)$/.test(request.headers['content-type']?.replace('unknown-', 'none') ?? '')
      ? { ...request, headers: { ...request.headers, 'content-type': 'application/merge-patch+json' } }
      : request,
  ),
};
