import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'lists-in-disorder',
  defects: [],
  title: 'A later page of a list gives an object of the first again',
  part: 'master',
  master: misanswered((body, { query }) => {
    if (query.includes('continue=') && Array.isArray(body['items']))
      body['items'] = [...body['items'], ...body['items']];
  }),
};
