import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'label-selector-ignored',
  defects: [],
  title: 'Label selectors select everything',
  part: 'master',
  master: rewritten((request) => withoutQuery(request, 'labelSelector')),
};
