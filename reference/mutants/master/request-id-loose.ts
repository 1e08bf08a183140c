import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A request id may have any form. */
export const mutant: Mutant = {
  id: 'request-id-loose',
  defects: [],
  title: 'A request id may have any form',
  part: 'master',
  master: forgiving('putRequest', ['BadRequest'], json(202, { status: 'accepted' })),
};
