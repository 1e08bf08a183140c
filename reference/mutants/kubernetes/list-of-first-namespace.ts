import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'list-of-first-namespace',
  defects: [],
  title: 'A list across all namespaces ends with the first',
  part: 'master',
  master: misanswered((body, { path }) => {
    if (path !== '/api/v1/configmaps' || !Array.isArray(body['items'])) return;
    const items = body['items'] as { metadata: { namespace: string } }[];
    body['items'] = items.filter(({ metadata }) => metadata.namespace === items[0]?.metadata.namespace);
  }),
};
