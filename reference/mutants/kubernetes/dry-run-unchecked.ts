import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'dry-run-unchecked',
  defects: [],
  title: 'A dry run always succeeds',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const dry = request.query.includes('dryRun=');
    return dry && response.status >= 400 ? { ...response, status: 201, body: request.body } : response;
  }),
};
