import { answering, inside, withAnswer } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'review-says-yes',
  defects: [],
  title: '"kubectl auth can-i" always says yes',
  part: 'gateway',
  gateway: answering((reply, { path }) =>
    path.endsWith('/selfsubjectaccessreviews')
      ? withAnswer(reply, (body) => {
          inside(body, 'status')['allowed'] = true;
        })
      : reply,
  ),
};
