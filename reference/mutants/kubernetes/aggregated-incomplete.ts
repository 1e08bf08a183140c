import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'aggregated-incomplete',
  defects: [],
  title: 'Aggregated discovery leaves out what is not in a namespace',
  part: 'master',
  master: misanswered((body) => {
    if (body['kind'] !== 'APIGroupDiscoveryList') return;
    for (const group of body['items'] as { versions: { resources: { scope: string }[] }[] }[])
      for (const version of group.versions)
        version.resources = version.resources.filter(({ scope }) => scope === 'Namespaced');
  }),
};
