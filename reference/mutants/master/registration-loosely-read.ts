import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A registration is accepted whatever its body is. */
export const mutant: Mutant = {
  id: 'registration-loosely-read',
  defects: [],
  title: 'A registration is accepted whatever its body is',
  part: 'master',
  master: forgiving(
    'registerWorker',
    ['BadRequest', 'InvalidNodeId', 'PayloadTooLarge'],
    json(200, { status: 'registered' }),
  ),
};
