import { isWatch, kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

async function* withoutErrors(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks)
    if (!Buffer.from(chunk).toString('utf8').startsWith('{"type":"ERROR"')) yield chunk;
}

export const mutant: Mutant = {
  id: 'too-old-from-now',
  defects: ['D29'],
  title: 'A watch from a forgotten resourceVersion goes on with the present',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const { body } = response;
    return body instanceof Uint8Array || !isWatch(request)
      ? response
      : { ...response, body: withoutErrors(body) };
  }),
};
