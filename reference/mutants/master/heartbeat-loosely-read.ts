import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A heartbeat is accepted whatever its fields are. */
export const mutant: Mutant = {
  id: 'heartbeat-loosely-read',
  defects: [],
  title: 'A heartbeat is accepted whatever its fields are',
  part: 'master',
  master: forgiving('heartbeat', ['BadRequest'], json(200, { status: 'acknowledged' })),
};
