import { Failure } from '../../gateway/http/reply.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'aborts-unmapped',
  defects: ['D33'],
  title: 'Every abort of the contract becomes 500',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    abortAnswer: (error) =>
      new Failure({
        http: 500,
        kubernetes: 'InternalError',
        reason: 'InternalError',
        message: `MoveAbort ${error.abort.code}`,
      }),
  }),
};
