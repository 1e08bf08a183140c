import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A response does not tell its content type. */
export const mutant: Mutant = {
  id: 'response-without-type',
  defects: [],
  title: 'A response does not tell its content type',
  part: 'master',
  master: misspoken('getResponse', (body) => void delete body['content_type']),
};
