import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'leases-hidden',
  defects: [],
  title: 'Leases are served and not discovered',
  part: 'master',
  master: misanswered((body) => {
    if (Array.isArray(body['groups']))
      body['groups'] = (body['groups'] as { name: string }[]).filter(
        ({ name }) => name !== 'coordination.k8s.io',
      );
    if (Array.isArray(body['resources']))
      body['resources'] = (body['resources'] as { name: string }[]).filter(({ name }) => name !== 'leases');
  }),
};
