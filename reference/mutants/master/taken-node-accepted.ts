import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A node id that another owner registered can be registered again. */
export const mutant: Mutant = {
  id: 'taken-node-accepted',
  defects: [],
  title: 'A node id that another owner registered can be registered again',
  part: 'master',
  master: forgiving('registerWorker', ['NodeIdTaken', 'NodeIdMismatch'], json(200, { status: 'registered' })),
};
