import { newRequestId } from '../../protocol/ids.ts';
import { standstill } from '../support/stood-still.ts';
import type { Mutant } from '../types.ts';
import { randomBytes } from 'node:crypto';

const LATE_MS = 1_000;

/** Writes that waited while the gateway stood still are sent twice. */
export const mutant: Mutant = {
  id: 'late-writes-repeated',
  defects: ['D38'],
  title: 'Writes that waited while the gateway stood still are run twice',
  part: 'gateway',
  gateway: (seams) => {
    const stoodStill = standstill(LATE_MS);
    return {
      ...seams,
      serve: (serve) => async (request) => {
        if (request.method !== 'POST' || !stoodStill()) return seams.serve(serve)(request);
        const body = await request.readBody();
        const kept = { ...request, readBody: () => Promise.resolve(body) };
        await serve({ ...kept, id: newRequestId(randomBytes) }).catch(() => undefined);
        return seams.serve(serve)(kept);
      },
    };
  },
};
