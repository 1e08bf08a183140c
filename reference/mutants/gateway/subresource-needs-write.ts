import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'subresource-needs-write',
  defects: ['D42'],
  title: 'Reading a subresource counts as writing',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      const sub = /\/pods\/[^/]+\/(?:log|status)$/.test(request.path);
      if (sub && request.method === 'GET') throw new ProtocolError('Forbidden');
      return seams.serve(serve)(request);
    },
  }),
};
