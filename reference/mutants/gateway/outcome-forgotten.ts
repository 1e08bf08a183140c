import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'outcome-forgotten',
  defects: [],
  title: 'The outcome after a deadline is lost',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      const reply = await seams.serve(serve)(request);
      if (request.path.startsWith('/daas/v1/requests/')) throw new ProtocolError('NotFound');
      return reply;
    },
  }),
};
