import type { ServerOptions } from 'node:https';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Mutant } from '../types.ts';

/** Answers that any site's pages may read. */
class OpenResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
  constructor(...given: ConstructorParameters<typeof ServerResponse<Request>>) {
    super(...given);
    this.setHeader('access-control-allow-origin', '*');
    this.setHeader('access-control-allow-headers', 'authorization, x-seal-token');
  }
}

const open = (options: ServerOptions): ServerOptions => ({
  ...options,
  ServerResponse: OpenResponse as unknown as typeof ServerResponse,
});

export const mutant: Mutant = {
  id: 'cross-origin-open',
  defects: [],
  title: 'Pages of any site may read the answers of gateway and master',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, listen: (options) => seams.listen(open(options)) }),
  master: (seams) => ({ ...seams, listen: (options) => seams.listen(open(options)) }),
};
