import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

const GATEWAY = { name: 'gateway', groups: ['daas:admins'] };

export const mutant: Mutant = {
  id: 'run-as-gateway',
  defects: [],
  title: 'What a gateway hands over is run with the rights of the gateway',
  part: 'master',
  master: (seams) => ({
    // Only what came over the chain has the id of a request.
    ...rewritten((request) => (request.requestId === undefined ? request : { ...request, user: GATEWAY }))(
      seams,
    ),
    payloadFault: () => undefined,
  }),
};
