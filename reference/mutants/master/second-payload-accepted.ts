import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A second payload under the same id is accepted. */
export const mutant: Mutant = {
  id: 'second-payload-accepted',
  defects: [],
  title: 'A second payload under the same id is accepted',
  part: 'master',
  master: forgiving('putRequest', ['DigestMismatch'], json(202, { status: 'accepted' })),
};
