import { ProtocolError } from '../../protocol/status.ts';
import { endpoint } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A worker cannot register again. */
export const mutant: Mutant = {
  id: 'registration-only-once',
  defects: [],
  title: 'A worker cannot register again',
  part: 'master',
  master: endpoint('registerWorker', (own) => {
    const known = new Set<string>();
    return async (request) => {
      const reply = await own(request);
      const { node_id: nodeId } = JSON.parse(Buffer.from(reply.body as Uint8Array).toString()) as {
        node_id: string;
      };
      if (known.has(nodeId)) throw new ProtocolError('NodeIdTaken', 'this node is registered');
      known.add(nodeId);
      return reply;
    };
  }),
};
