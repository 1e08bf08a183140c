import { rewritten, withQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'notin-needs-label',
  defects: [],
  title: 'notin selects only objects that have the label',
  part: 'master',
  master: rewritten((request) => {
    const selector = new URLSearchParams(request.query).get('labelSelector') ?? '';
    const key = /^(\w+) notin /.exec(selector)?.[1];
    return key === undefined ? request : withQuery(request, 'labelSelector', `${selector},${key}`);
  }),
};
