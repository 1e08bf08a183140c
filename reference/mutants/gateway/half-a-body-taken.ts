import { IncomingMessage } from 'node:http';
import type { Mutant } from '../types.ts';

/** A request whose body ends where its connection does. */
class LenientMessage extends IncomingMessage {
  override iterator(options?: { destroyOnReturn?: boolean }): ReturnType<IncomingMessage['iterator']> {
    return untilBroken(super.iterator(options));
  }
}

async function* untilBroken(chunks: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* chunks;
  } catch {
    // What came is taken for all of it.
  }
}

/** A body that breaks off is taken for a whole one. */
export const mutant: Mutant = {
  id: 'half-a-body-taken',
  defects: [],
  title: 'A body that breaks off is taken for a whole one',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, IncomingMessage: LenientMessage }),
  }),
};
