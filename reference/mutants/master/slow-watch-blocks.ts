import type { Mutant } from '../types.ts';

/** One watch at a time is written to, however slow its reader is. */
export const mutant: Mutant = {
  id: 'slow-watch-blocks',
  defects: ['D47'],
  title: 'One watch at a time is written to, however slow its reader is',
  part: 'master',
  master: (seams) => {
    let turn: Promise<void> = Promise.resolve();
    return {
      ...seams,
      kubernetes: (handle) => async (request) => {
        const response = await seams.kubernetes(handle)(request);
        const { body } = response;
        if (body instanceof Uint8Array) return response;
        return { ...response, body: inTurn(body) };
      },
    };
    async function* inTurn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const before = turn;
        turn = promise;
        await before;
        try {
          // Goes on when the reader has taken it, and until then everybody waits.
          yield chunk;
        } finally {
          resolve();
        }
      }
    }
  },
};
