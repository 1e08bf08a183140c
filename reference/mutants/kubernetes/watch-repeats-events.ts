import { misreported } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'watch-repeats-events',
  defects: ['D29'],
  title: 'A watch sends changes twice',
  part: 'master',
  master: misreported((event) => (event['type'] === 'MODIFIED' ? [event, event] : [event])),
};
