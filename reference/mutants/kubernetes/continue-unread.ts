import { kubernetes, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'continue-unread',
  defects: [],
  title: 'A continue token that is not the own one begins the list anew',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const again = request.query.includes('continue=') && [400, 410].includes(response.status);
    return again ? handle(withoutQuery(request, 'continue')) : response;
  }),
};
