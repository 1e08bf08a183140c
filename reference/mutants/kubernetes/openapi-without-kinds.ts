import { misanswered, type Editable } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'openapi-without-kinds',
  defects: [],
  title: 'OpenAPI does not say which kind an operation is about',
  part: 'master',
  master: misanswered((body, { path }) => {
    if (!path.startsWith('/openapi/v3/')) return;
    for (const item of Object.values(body['paths'] as Editable))
      for (const operation of Object.values(item as Editable))
        delete (operation as Editable)['x-kubernetes-group-version-kind'];
  }),
};
