import type { Mutant } from '../types.ts';
import { callDirectly, delegate } from '../support/chain-calls.ts';

/** The stake is called with an amount in place of a coin. */
export const mutant: Mutant = {
  id: 'stake-without-coin',
  defects: ['D30'],
  title: 'The stake is called with an amount in place of a coin',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    commands: (commands, context) => ({
      ...delegate(seams.commands(commands, context)),
      stakeForNode: async ({ amount, nodeId }) => {
        const digest = await callDirectly(context, (tx) => {
          tx.moveCall({
            target: `${context.ids.package}::staking::stake_for_node`,
            arguments: [tx.object(context.ids.pool), tx.pure.u64(amount), tx.pure.string(nodeId)],
          });
        });
        return { digest, events: [], created: [], gasUsed: 0n, stakeRecord: '' };
      },
    }),
  }),
};
