import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'object-writes-status',
  defects: [],
  title: 'A write to an object writes its status, too',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const named = /\/pods\/[^/]+$/.test(request.path) && request.method === 'PATCH';
    return named ? handle({ ...request, path: `${request.path}/status` }) : response;
  }),
};
