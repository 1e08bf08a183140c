import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'body-unchecked',
  defects: [],
  title: 'A body is looked at only when the request is on chain already',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, checkBody: () => undefined }),
};
