import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'socket-drops-events',
  defects: ['D29'],
  title: 'A watch over WebSocket leaves every second event out',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const { body } = response;
    if (body instanceof Uint8Array || request.headers['upgrade'] !== 'websocket') return response;
    return { ...response, body: everySecond(body) };
  }),
};

async function* everySecond(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const chunk of chunks) if (chunk.length === 0 || (count += 1) % 2 === 1) yield chunk;
}
