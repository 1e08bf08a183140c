import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** The seal token in the body of a registration may be another one. */
export const mutant: Mutant = {
  id: 'body-token-unchecked',
  defects: [],
  title: 'The seal token in the body of a registration may be another one',
  part: 'master',
  master: forgiving('registerWorker', ['Forbidden'], json(200, { status: 'registered' })),
};
