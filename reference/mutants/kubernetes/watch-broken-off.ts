import { isWatch, kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

async function* broken(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
  throw new Error('no clean end');
}

export const mutant: Mutant = {
  id: 'watch-broken-off',
  defects: [],
  title: 'A watch that ends breaks its connection',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const { body } = response;
    return body instanceof Uint8Array || !isWatch(request) ? response : { ...response, body: broken(body) };
  }),
};
