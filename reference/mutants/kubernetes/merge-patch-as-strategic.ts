import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'merge-patch-as-strategic',
  defects: [],
  title: 'A merge patch is applied like a strategic one',
  part: 'master',
  master: rewritten((request) =>
    request.headers['content-type'] === 'application/merge-patch+json'
      ? {
          ...request,
          headers: { ...request.headers, 'content-type': 'application/strategic-merge-patch+json' },
        }
      : request,
  ),
};
