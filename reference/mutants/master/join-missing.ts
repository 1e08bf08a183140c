import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A registration is answered without join data. */
export const mutant: Mutant = {
  id: 'join-missing',
  defects: [],
  title: 'A registration is answered without join data',
  part: 'master',
  master: misspoken('registerWorker', (body) => void delete body['join']),
};
