import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'errors-without-details',
  defects: [],
  title: 'A Status does not say which object it is about',
  part: 'master',
  master: misanswered((body) => {
    if (body['kind'] === 'Status') delete body['details'];
  }),
};
