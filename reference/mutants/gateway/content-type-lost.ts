import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'content-type-lost',
  defects: ['D34'],
  title: 'Answers to writes are sent as plain text',
  part: 'gateway',
  gateway: answering((reply, { method }) =>
    method === 'GET' ? reply : { ...reply, headers: { ...reply.headers, 'content-type': 'text/plain' } },
  ),
};
