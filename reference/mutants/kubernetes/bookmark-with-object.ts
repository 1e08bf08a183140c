import { inside, misreported } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'bookmark-with-object',
  defects: [],
  title: 'A bookmark carries more than a resourceVersion',
  part: 'master',
  master: misreported((event) => {
    if (event['type'] === 'BOOKMARK') inside(event, 'object', 'metadata')['name'] = 'last';
    return [event];
  }),
};
