import { misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'version-odd',
  defects: [],
  title: 'The version is not one of Kubernetes',
  part: 'master',
  master: misanswered((body, { path }) => {
    if (path === '/version') Object.assign(body, { major: '0', minor: '1', gitVersion: 'k3s-daas-0.1' });
  }),
};
