import { connect } from 'node:net';
import { once } from 'node:events';
import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

/** Whether somebody listens at a URL. */
async function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Whether the master is there is looked at before the credential is. */
export const mutant: Mutant = {
  id: 'outage-before-credential',
  defects: [],
  title: 'While the master is away everybody gets 503, whoever they are',
  part: 'gateway',
  gateway: (seams) => {
    let master: string | undefined;
    return {
      ...seams,
      config: (config) => {
        const own = seams.config(config);
        [master] = own.master.urls;
        return own;
      },
      serve: (serve) => async (request) => {
        if (master !== undefined && !(await listens(master)))
          throw new ProtocolError('ChainUnavailable', 'the master is away', { retryAfter: 1 });
        return seams.serve(serve)(request);
      },
    };
  },
};
