import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'unknown-is-400',
  defects: [],
  title: 'What is not known is a bad request',
  part: 'gateway',
  gateway: answering((reply) => ({ ...reply, status: reply.status === 404 ? 400 : reply.status })),
};
