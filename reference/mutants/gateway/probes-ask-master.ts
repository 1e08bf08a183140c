import { request as send } from 'undici';
import { Agent } from 'undici';
import type { Mutant } from '../types.ts';

const PATIENCE_MS = 3_000;
const PROBES = ['/livez', '/readyz', '/healthz'];

/** A probe of the gateway waits for the master's health. */
export const mutant: Mutant = {
  id: 'probes-ask-master',
  defects: [],
  title: 'Probes of the gateway wait for an answer of the master',
  part: 'gateway',
  gateway: (seams) => {
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    let master = '';
    return {
      ...seams,
      config: (config) => {
        const own = seams.config(config);
        master = own.master.urls[0] ?? '';
        return own;
      },
      serve: (serve) => async (request) => {
        if (PROBES.includes(request.path)) {
          const signal = AbortSignal.timeout(PATIENCE_MS);
          await send(`${master}/health`, { dispatcher, signal }).then(
            ({ body }) => body.dump(),
            () => undefined,
          );
        }
        return seams.serve(serve)(request);
      },
    };
  },
};
