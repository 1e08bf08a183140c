import { misanswered, type Editable } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'scope-unlisted',
  defects: [],
  title: 'No resource says whether it is in a namespace',
  part: 'master',
  master: misanswered((body) => {
    if (Array.isArray(body['resources']))
      for (const resource of body['resources'] as Editable[]) delete resource['namespaced'];
  }),
};
