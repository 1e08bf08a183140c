import { rewritten, withQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'field-validation-ignored',
  defects: [],
  title: 'Unknown fields are dropped in silence, also with fieldValidation=Strict',
  part: 'master',
  master: rewritten((request) => withQuery(request, 'fieldValidation', 'Ignore')),
};
