import { failureReply } from '../../gateway/http/reply.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'limit-for-all-together',
  defects: ['D47'],
  title: 'When one wallet is above its limit all are refused',
  part: 'gateway',
  gateway: (seams) => {
    let until = 0;
    return {
      ...seams,
      serve: (serve) => async (request) => {
        if (Date.now() < until) throw new ProtocolError('TooManyRequests', undefined, { retryAfter: 1 });
        const reply = await seams.serve(serve)(request).catch(failureReply);
        if (reply.status === 429) until = Date.now() + 1_000;
        return reply;
      },
    };
  },
};
