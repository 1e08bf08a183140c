import { json } from '../../master/http/reply.ts';
import { forgiving } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A nonce of any length is attested. */
export const mutant: Mutant = {
  id: 'attestation-any-nonce',
  defects: [],
  title: 'A nonce of any length is attested',
  part: 'master',
  master: forgiving('attestation', ['BadRequest'], json(200, { document: '' })),
};
