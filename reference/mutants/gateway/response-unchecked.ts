import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'response-unchecked',
  defects: ['D35'],
  title: "The master's answer is passed on without a look at the digest on chain or the signature",
  part: 'gateway',
  gateway: (seams) => ({ ...seams, checkResponse: () => undefined }),
};
