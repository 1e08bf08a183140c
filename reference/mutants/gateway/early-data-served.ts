import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'early-data-served',
  defects: [],
  title: 'A request that came in TLS early data is served like any other',
  part: 'gateway',
  gateway: asked((request) => {
    const { 'early-data': _, ...headers } = request.headers;
    return { ...request, headers };
  }),
};
