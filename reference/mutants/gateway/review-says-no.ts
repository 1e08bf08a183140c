import { answering, inside, withAnswer } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'review-says-no',
  defects: [],
  title: '"kubectl auth can-i" always says no',
  part: 'gateway',
  gateway: answering((reply, { path }) =>
    path.endsWith('/selfsubjectaccessreviews')
      ? withAnswer(reply, (body) => {
          inside(body, 'status')['allowed'] = false;
        })
      : reply,
  ),
};
