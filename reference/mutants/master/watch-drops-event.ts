import type { Mutant } from '../types.ts';

async function* withoutFirst(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let dropped = false;
  for await (const chunk of chunks) {
    if (dropped || chunk.length === 0) yield chunk;
    else dropped = true;
  }
}

/** A watch loses the first event after its list. */
export const mutant: Mutant = {
  id: 'watch-drops-event',
  defects: ['D29'],
  title: 'A watch loses the first event after its list',
  part: 'master',
  master: (seams) => ({
    ...seams,
    kubernetes: (handle) => async (request) => {
      const response = await seams.kubernetes(handle)(request);
      const watches = /(?:^|&)watch=(?:true|1)(?:&|$)/.test(request.query);
      if (!watches || response.body instanceof Uint8Array) return response;
      return { ...response, body: withoutFirst(response.body) };
    },
  }),
};
