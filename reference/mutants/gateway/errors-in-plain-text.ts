import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'errors-in-plain-text',
  defects: [],
  title: 'Errors are lines of plain text',
  part: 'gateway',
  gateway: answering((reply) =>
    reply.status < 400
      ? reply
      : {
          ...reply,
          headers: { ...reply.headers, 'content-type': 'text/plain' },
          body: Buffer.from(`error ${reply.status}`),
        },
  ),
};
