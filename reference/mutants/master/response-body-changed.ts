import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** The body of a response is not the recorded one. */
export const mutant: Mutant = {
  id: 'response-body-changed',
  defects: [],
  title: 'The body of a response is not the recorded one',
  part: 'master',
  master: misspoken('getResponse', (body) => {
    if (typeof body['body'] === 'string')
      body['body'] = Buffer.concat([Buffer.from(body['body'], 'base64url'), Buffer.from('\n')]).toString(
        'base64url',
      );
  }),
};
