import type { Mutant } from '../types.ts';
import { callForObjects, delegate } from '../support/chain-calls.ts';

/** Every transaction has the same, far too large gas budget. */
export const mutant: Mutant = {
  id: 'gas-fixed',
  defects: ['D49'],
  title: 'Every transaction has the same, far too large gas budget',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    commands: (commands, context) => ({
      ...delegate(seams.commands(commands, context)),
      stakeForNode: async ({ amount, nodeId }) => {
        const { ids } = context;
        const made = await callForObjects(context, (tx) => {
          tx.setGasBudget(5_000_000_000n);
          const [coin] = tx.splitCoins(tx.gas, [amount]);
          tx.moveCall({
            target: `${ids.package}::staking::stake_for_node`,
            arguments: [tx.object(ids.pool), coin, tx.pure.string(nodeId)],
          });
        });
        const stakeRecord = made.objects.get('staking::StakeRecord') ?? '';
        return { digest: made.digest, events: [], created: [], gasUsed: 0n, stakeRecord };
      },
    }),
  }),
};
