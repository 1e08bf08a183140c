import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'body-reformatted',
  defects: ['D34'],
  title: 'Answers are parsed and written anew on their way to the client',
  part: 'gateway',
  gateway: answering((reply) => {
    if (!(reply.body instanceof Uint8Array) || !(reply.headers['content-type'] ?? '').includes('json'))
      return reply;
    const value: unknown = JSON.parse(Buffer.from(reply.body).toString('utf8'));
    return { ...reply, body: Buffer.from(JSON.stringify(value, undefined, 2)) };
  }),
};
