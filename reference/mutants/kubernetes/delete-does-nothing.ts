import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'delete-does-nothing',
  defects: [],
  title: 'A delete is answered and not done',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    if (request.method !== 'DELETE') return handle(request);
    return handle({ ...request, method: 'GET', query: '', body: new Uint8Array() });
  }),
};
