import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A registration is answered without a message. */
export const mutant: Mutant = {
  id: 'registration-without-message',
  defects: [],
  title: 'A registration is answered without a message',
  part: 'master',
  master: misspoken('registerWorker', (body) => void delete body['message']),
};
