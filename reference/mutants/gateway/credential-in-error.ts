import { answering, withAnswer } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'credential-in-error',
  defects: ['D22'],
  title: 'A refusal quotes the credential that came with the request',
  part: 'gateway',
  gateway: answering((reply, request) =>
    reply.status < 400
      ? reply
      : withAnswer(reply, (body) => {
          body['message'] = `${String(body['message'])}: ${request.headers['authorization'] ?? ''}`;
        }),
  ),
};
