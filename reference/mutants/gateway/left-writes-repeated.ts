import { randomBytes } from 'node:crypto';
import { newRequestId } from '../../protocol/ids.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'left-writes-repeated',
  defects: [],
  title: 'A deletion whose client goes away before the answer is made once more',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      let answered = false;
      const repeat = (): void => {
        if (answered || request.method !== 'DELETE') return;
        const again = { ...request, id: newRequestId(randomBytes), signal: new AbortController().signal };
        seams
          .serve(serve)(again)
          .catch(() => undefined);
      };
      request.signal.addEventListener('abort', repeat);
      return seams
        .serve(serve)(request)
        .finally(() => (answered = true));
    },
  }),
};
