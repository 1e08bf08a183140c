import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A response to a request that nobody made is pending. */
export const mutant: Mutant = {
  id: 'unknown-request-pending',
  defects: [],
  title: 'A response to a request that nobody made is pending',
  part: 'master',
  master: forgiving('getResponse', ['NotFound'], json(202, { status: 'pending' })),
};
