import type { MutantHooks } from '../types.ts';

const OPEN_MS = 60_000;

/** Longer than anybody waits for a watch to tell something, or to end. */
export function leftOpen(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, OPEN_MS).unref());
}

/** A gateway that goes about the bodies of its watches in another way. */
export function answeringWatches(
  change: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): NonNullable<MutantHooks['gateway']> {
  return (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      const reply = await seams.serve(serve)(request);
      const isWatch = /(?:^|&)watch=(?:true|1)(?:&|$)/.test(request.query);
      if (!isWatch || reply.body instanceof Uint8Array) return reply;
      return { ...reply, body: change(reply.body) };
    },
  });
}
