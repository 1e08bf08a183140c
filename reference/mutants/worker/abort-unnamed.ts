import { ChainAbortError, ChainError } from '../../chain/errors.ts';
import { delegate } from '../support/chain-calls.ts';
import type { Mutant } from '../types.ts';

/** An abort of the contract is told by its bare code. */
export const mutant: Mutant = {
  id: 'abort-unnamed',
  defects: ['D33'],
  title: 'An abort of the contract is told by its bare code',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    commands: (commands, context) => ({
      ...delegate(seams.commands(commands, context)),
      stakeForNode: (args, options) =>
        commands.stakeForNode(args, options).catch((error: unknown) => {
          throw error instanceof ChainAbortError
            ? new ChainError('invalid', `MoveAbort ${error.abort.code}`)
            : error;
        }),
    }),
  }),
};
