import { misanswered, type Editable } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'short-names-missing',
  defects: [],
  title: 'Nothing has a short name',
  part: 'master',
  master: misanswered((body) => {
    if (Array.isArray(body['resources']))
      for (const resource of body['resources'] as Editable[]) delete resource['shortNames'];
  }),
};
