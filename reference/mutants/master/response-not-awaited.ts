import { endpoint } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A response is not waited for. */
export const mutant: Mutant = {
  id: 'response-not-awaited',
  defects: [],
  title: 'A response is not waited for',
  part: 'master',
  master: endpoint('getResponse', (own) => (request, id) => own({ ...request, query: '' }, id)),
};
