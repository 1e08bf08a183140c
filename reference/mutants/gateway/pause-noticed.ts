import { ProtocolError } from '../../protocol/status.ts';
import { standstill } from '../support/stood-still.ts';
import type { Mutant } from '../types.ts';

const REFUSED_MS = 8_000;

/** A gateway that stood still refuses everything for a while. */
export const mutant: Mutant = {
  id: 'pause-noticed',
  defects: [],
  title: 'A gateway that stood still refuses everything for 8 s',
  part: 'gateway',
  gateway: (seams) => {
    const stoodStill = standstill(REFUSED_MS);
    return {
      ...seams,
      serve: (serve) => async (request) => {
        if (stoodStill()) throw new ProtocolError('ChainUnavailable', undefined, { retryAfter: 1 });
        return seams.serve(serve)(request);
      },
    };
  },
};
