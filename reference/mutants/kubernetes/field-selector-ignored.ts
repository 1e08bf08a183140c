import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'field-selector-ignored',
  defects: [],
  title: 'Field selectors select everything',
  part: 'master',
  master: rewritten((request) => withoutQuery(request, 'fieldSelector')),
};
