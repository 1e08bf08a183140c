import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'body-on-chain',
  defects: ['D54'],
  title: "The request's body, and so every Secret, is put on chain",
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    chainCommand: (command, body) => ({
      ...command,
      // The one text that the contract takes as it comes.
      namespace: `${command.namespace} ${Buffer.from(body).toString('utf8')}`,
    }),
  }),
};
