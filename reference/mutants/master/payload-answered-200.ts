import { endpoint } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A payload is answered with 200. */
export const mutant: Mutant = {
  id: 'payload-answered-200',
  defects: [],
  title: 'A payload is answered with 200',
  part: 'master',
  master: endpoint('putRequest', (own) => async (request, id) => ({
    ...(await own(request, id)),
    status: 200,
  })),
};
