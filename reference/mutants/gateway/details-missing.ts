import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'details-missing',
  defects: [],
  title: 'A Status does not say which object and which fields it is about',
  part: 'gateway',
  master: misanswered((body) => {
    if (body['kind'] === 'Status') delete body['details'];
  }),
};
