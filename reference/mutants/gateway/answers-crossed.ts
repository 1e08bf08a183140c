import type { Reply } from '../../gateway/http/types.ts';
import type { ApiResponse } from '../../kubernetes/types.ts';
import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

/** Gives a request the answer of the one before it while others are under way. */
function crossing<Q, A extends Reply | ApiResponse>(
  next: (request: Q) => Promise<A>,
  concerns: (request: Q) => boolean,
): (request: Q) => Promise<A> {
  let underWay = 0;
  let before: A | undefined;
  return async (request) => {
    if (!concerns(request)) return next(request);
    underWay += 1;
    try {
      const own = await next(request);
      // The others get their chance to come in.
      await new Promise((resolve) => setImmediate(resolve));
      if (!(own.body instanceof Uint8Array)) return own;
      const given = underWay > 1 ? (before ?? own) : own;
      before = own;
      return given;
    } finally {
      underWay -= 1;
    }
  };
}

export const mutant: Mutant = {
  id: 'answers-crossed',
  defects: ['D35'],
  title: 'Of requests at the same time one gets the answer of another',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) =>
      crossing<Parameters<typeof serve>[0], Reply>(seams.serve(serve), ({ method }) => method === 'POST'),
  }),
  // Reads pass the gateway as streams, so theirs are mixed up at the master.
  master: kubernetes((handle) => crossing(handle, ({ method }) => method === 'GET')),
};
