import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** Join data is signed over another node. */
export const mutant: Mutant = {
  id: 'join-signed-wrongly',
  defects: [],
  title: 'Join data is signed over another node',
  part: 'master',
  master: misspoken('registerWorker', (body) => {
    const join = body['join'] as { signature: string } | undefined;
    if (join) join.signature = [...join.signature].toReversed().join('');
  }),
};
