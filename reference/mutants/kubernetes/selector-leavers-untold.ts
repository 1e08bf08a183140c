import { misreported } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'selector-leavers-untold',
  defects: ['D29'],
  title: 'A watch does not tell that an object left its selector',
  part: 'master',
  master: misreported((event, { query }) =>
    event['type'] === 'DELETED' && /Selector=/.test(query) ? [] : [event],
  ),
};
