import { isWatch, kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

async function* rest(
  waited: Promise<void>,
  first: readonly Uint8Array[],
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  await waited;
  yield* first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

export const mutant: Mutant = {
  id: 'watch-header-late',
  defects: ['D29'],
  title: 'The header of a watch comes with its first event',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const { body } = response;
    if (body instanceof Uint8Array || !isWatch(request)) return response;
    const chunks = body[Symbol.asyncIterator]();
    const first: Uint8Array[] = [];
    // Nothing goes out before there is an event, or the patience of the client is over.
    const waited = (async () => {
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        first.push(next.value);
        if (next.value.length > 0) return;
      }
    })();
    await Promise.race([waited, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    return { ...response, body: rest(waited, first, chunks) };
  }),
};
