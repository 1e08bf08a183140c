import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'table-ignored',
  defects: [],
  title: 'Nobody gets a Table',
  part: 'master',
  master: rewritten((request) => ({
    ...request,
    headers: { ...request.headers, accept: 'application/json' },
  })),
};
