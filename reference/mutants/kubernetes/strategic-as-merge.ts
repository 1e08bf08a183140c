import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'strategic-as-merge',
  defects: [],
  title: 'A strategic patch is applied like a merge patch',
  part: 'master',
  master: rewritten((request) =>
    request.headers['content-type'] === 'application/strategic-merge-patch+json'
      ? { ...request, headers: { ...request.headers, 'content-type': 'application/merge-patch+json' } }
      : request,
  ),
};
