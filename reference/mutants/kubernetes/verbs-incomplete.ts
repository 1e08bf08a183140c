import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'verbs-incomplete',
  defects: [],
  title: 'No resource says that it can be patched',
  part: 'master',
  master: misanswered((body) => {
    if (!Array.isArray(body['resources'])) return;
    for (const resource of body['resources'] as { verbs: string[] }[])
      resource.verbs = resource.verbs.filter((verb) => verb !== 'patch');
  }),
};
