import { inside, misanswered } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'uid-missing',
  defects: [],
  title: 'Objects have no uid',
  part: 'master',
  master: misanswered((body) => {
    if (body['metadata'] !== undefined) delete inside(body, 'metadata')['uid'];
  }),
};
