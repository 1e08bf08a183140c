import { inside, misreported } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'initial-end-missing',
  defects: [],
  title: 'Nothing tells where the initial events end',
  part: 'master',
  master: misreported((event) => {
    if (event['type'] === 'BOOKMARK') delete inside(event, 'object', 'metadata')['annotations'];
    return [event];
  }),
};
