import { answering, withAnswer } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'causes-missing',
  defects: ['D33'],
  title: 'The reason of this protocol is left out of a Status',
  part: 'gateway',
  gateway: answering((reply) =>
    reply.status < 400
      ? reply
      : withAnswer(reply, (body) => {
          delete body['details'];
        }),
  ),
};
