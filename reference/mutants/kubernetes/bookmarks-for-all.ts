import { misreported } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'bookmarks-for-all',
  defects: [],
  title: 'Bookmarks come unasked',
  part: 'master',
  master: misreported((event) => [
    event,
    { type: 'BOOKMARK', object: { kind: 'Secret', apiVersion: 'v1', metadata: { resourceVersion: '1' } } },
  ]),
};
