import type { Mutant } from '../types.ts';

const AGAIN_MS = 250;
const TRIES = 60;

/** A write that was refused because of an outage is tried again behind the client's back. */
export const mutant: Mutant = {
  id: 'refused-writes-kept',
  defects: ['D35'],
  title: 'A write that was refused because of an outage is run when it can be',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      if (request.method !== 'POST') return seams.serve(serve)(request);
      const body = await request.readBody();
      const kept = { ...request, readBody: () => Promise.resolve(body) };
      let tries = 0;
      const again = (): void => {
        tries += 1;
        const { signal } = new AbortController();
        void serve({ ...kept, signal }).catch(() => tries < TRIES && setTimeout(again, AGAIN_MS).unref());
      };
      return await seams
        .serve(serve)(kept)
        .catch((error: unknown) => {
          setTimeout(again, AGAIN_MS).unref();
          throw error;
        });
    },
  }),
};
