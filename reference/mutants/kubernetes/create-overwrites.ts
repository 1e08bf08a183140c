import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'create-overwrites',
  defects: [],
  title: 'A create of a name that exists is a success',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const exists = request.method === 'POST' && response.status === 409;
    return exists ? { ...response, status: 201, body: request.body } : response;
  }),
};
