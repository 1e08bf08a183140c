import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'permissions-unchecked',
  defects: ['D42'],
  title: 'Any token opens everything that the contract lets through',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, permits: () => true }),
  // The master looks once more, so it must be blind as well.
  master: rewritten((request) => ({ ...request, user: { ...request.user, groups: ['system:masters'] } })),
};
