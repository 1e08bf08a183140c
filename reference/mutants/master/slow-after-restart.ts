import { ProtocolError } from '../../protocol/status.ts';
import { noticingRestart } from '../support/restarted.ts';
import type { Mutant } from '../types.ts';

const SLOW_MS = 12_000;

/** A master that was started again refuses requests for a while. */
export const mutant: Mutant = {
  id: 'slow-after-restart',
  defects: [],
  title: 'A master that was started again takes no requests for 12 s',
  part: 'master',
  master: (seams) => {
    const { storeOptions, isRestart } = noticingRestart(seams);
    const started = performance.now();
    return {
      ...seams,
      storeOptions,
      handlers: (own) => {
        const handlers = seams.handlers(own);
        return {
          ...handlers,
          kubernetes: (request) => {
            if (isRestart() && performance.now() - started < SLOW_MS)
              return Promise.reject(
                new ProtocolError('ChainUnavailable', 'the master is starting', { retryAfter: 1 }),
              );
            return handlers.kubernetes(request);
          },
          putRequest: (request, id) => {
            if (isRestart() && performance.now() - started < SLOW_MS)
              return Promise.reject(
                new ProtocolError('ChainUnavailable', 'the master is starting', { retryAfter: 1 }),
              );
            return handlers.putRequest(request, id);
          },
        };
      },
    };
  },
};
