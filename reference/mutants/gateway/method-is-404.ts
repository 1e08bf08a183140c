import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'method-is-404',
  defects: [],
  title: 'A method that is not known is a path that is not known',
  part: 'gateway',
  gateway: answering((reply) => ({ ...reply, status: reply.status === 405 ? 404 : reply.status })),
};
