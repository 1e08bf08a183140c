import type { Mutant } from '../types.ts';
import { answering, inside, withAnswer } from '../support/answers.ts';

export const mutant: Mutant = {
  id: 'impersonation-obeyed',
  defects: ['D48'],
  title: 'Impersonate-User says who the request is for, whoever asks',
  part: 'gateway',
  gateway: answering((reply, request) => {
    const user = request.headers['impersonate-user'];
    if (user === undefined || !request.path.endsWith('/selfsubjectreviews')) return reply;
    return withAnswer(reply, (body) => {
      inside(body, 'status', 'userInfo')['username'] = user;
    });
  }),
};
