import { misspoken } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** Errors of the worker API have no reason and code. */
export const mutant: Mutant = {
  id: 'errors-flat',
  defects: [],
  title: 'Errors of the worker API have no reason and code',
  part: 'master',
  master: misspoken('registerWorker', (body) => body['error'] && { message: 'refused' }),
};
