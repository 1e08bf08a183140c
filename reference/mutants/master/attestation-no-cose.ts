import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** An attestation document is no COSE_Sign1. */
export const mutant: Mutant = {
  id: 'attestation-no-cose',
  defects: [],
  title: 'An attestation document is no COSE_Sign1',
  part: 'master',
  master: misspoken('attestation', (body) => {
    if (typeof body['document'] === 'string')
      body['document'] = Buffer.from(JSON.stringify({ document: body['document'] })).toString('base64url');
  }),
};
