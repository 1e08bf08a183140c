import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'outage-is-500',
  defects: ['D33'],
  title: 'A chain or master out of reach is an internal error',
  part: 'gateway',
  gateway: answering((reply) => ({
    ...reply,
    status: reply.status === 503 || reply.status === 504 ? 500 : reply.status,
  })),
};
