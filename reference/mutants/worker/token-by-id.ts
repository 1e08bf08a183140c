import type { Mutant } from '../types.ts';
import { callDirectly, delegate } from '../support/chain-calls.ts';

/** The seal token is asked for with an id in place of an object. */
export const mutant: Mutant = {
  id: 'token-by-id',
  defects: ['D32'],
  title: 'The seal token is asked for with an id in place of an object',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    commands: (commands, context) => ({
      ...delegate(seams.commands(commands, context)),
      createSealToken: async ({ stakeRecord }) => {
        const digest = await callDirectly(context, (tx) => {
          tx.moveCall({
            target: `${context.ids.package}::k8s_gateway::create_worker_seal_token`,
            arguments: [tx.pure.id(stakeRecord), tx.object(context.ids.registry), tx.object.clock()],
          });
        });
        return { digest, events: [], created: [], gasUsed: 0n, token: '' };
      },
    }),
  }),
};
