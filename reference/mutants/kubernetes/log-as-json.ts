import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'log-as-json',
  defects: [],
  title: 'A log is sent as JSON',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    if (!request.path.endsWith('/log')) return response;
    return { ...response, headers: { ...response.headers, 'content-type': 'application/json' } };
  }),
};
