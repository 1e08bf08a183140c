import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'retry-after-missing',
  defects: [],
  title: 'Nobody is told when to come again',
  part: 'gateway',
  gateway: answering((reply) => {
    const { 'retry-after': _, ...headers } = reply.headers;
    return { ...reply, headers };
  }),
};
