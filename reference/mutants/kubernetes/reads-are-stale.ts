import type { ApiResponse } from '../../kubernetes/types.ts';
import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'reads-are-stale',
  defects: ['D28'],
  title: 'A list is answered as it stood at the request before',
  part: 'master',
  master: kubernetes((handle) => {
    const before = new Map<string, ApiResponse>();
    return async (request) => {
      const response = await handle(request);
      if (request.method !== 'GET' || !(response.body instanceof Uint8Array)) return response;
      const key = `${request.path}?${request.query}`;
      const stale = before.get(key) ?? response;
      before.set(key, response);
      return stale;
    };
  }),
};
