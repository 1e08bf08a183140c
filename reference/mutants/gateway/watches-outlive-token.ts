import { once } from 'node:events';
import type { Mutant } from '../types.ts';

/** Goes on in silence when the stream has ended, until the client leaves. */
async function* withoutEnd(body: AsyncIterable<Uint8Array>, left: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (!Buffer.from(chunk).includes('"type":"ERROR"')) yield chunk;
  }
  if (!left.aborted) await once(left, 'abort');
}

export const mutant: Mutant = {
  id: 'watches-outlive-token',
  defects: ['D10'],
  title: 'An open watch is not ended when its token is',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      const reply = await seams.serve(serve)(request);
      if (reply.body instanceof Uint8Array || !/watch=true/.test(request.query)) return reply;
      return { ...reply, body: withoutEnd(reply.body, request.signal) };
    },
  }),
};
