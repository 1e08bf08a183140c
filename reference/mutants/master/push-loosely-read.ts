import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A push of events is accepted whatever its form is. */
export const mutant: Mutant = {
  id: 'push-loosely-read',
  defects: [],
  title: 'A push of events is accepted whatever its form is',
  part: 'master',
  master: forgiving('suiEvents', ['BadRequest', 'PayloadTooLarge'], json(202, { status: 'accepted' })),
};
