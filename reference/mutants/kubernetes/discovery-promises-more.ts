import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'discovery-promises-more',
  defects: [],
  title: 'Discovery names a resource that is not served',
  part: 'master',
  master: misanswered((body, { path }) => {
    if (path === '/api/v1' && Array.isArray(body['resources'])) {
      const more = {
        name: 'podtemplates',
        singularName: 'podtemplate',
        namespaced: true,
        kind: 'PodTemplate',
        verbs: ['list'],
      };
      body['resources'] = [...(body['resources'] as object[]), more];
    }
  }),
};
