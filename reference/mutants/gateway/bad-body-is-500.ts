import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'bad-body-is-500',
  defects: [],
  title: 'A body that cannot be read is an internal error',
  part: 'gateway',
  gateway: answering((reply, request) => ({
    ...reply,
    status: reply.status === 400 && request.method === 'POST' ? 500 : reply.status,
  })),
};
