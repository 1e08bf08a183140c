import { failureReply } from '../../gateway/http/reply.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

const HELD_MS = 16_000;

/** After one request that failed by an outage all writes are refused for a while. */
export const mutant: Mutant = {
  id: 'outage-held',
  defects: [],
  title: 'After an outage was seen writes are refused for 16 s, however short it was',
  part: 'gateway',
  gateway: (seams) => {
    let until = 0;
    return {
      ...seams,
      serve: (serve) => async (request) => {
        if (request.method !== 'POST') return seams.serve(serve)(request);
        if (performance.now() < until)
          throw new ProtocolError('ChainUnavailable', undefined, { retryAfter: 1 });
        return seams
          .serve(serve)(request)
          .catch((error: unknown) => {
            const { status } = failureReply(error);
            if (status === 503 || status === 504) until = performance.now() + HELD_MS;
            throw error;
          });
      },
    };
  },
};
