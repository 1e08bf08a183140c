import { json } from '../../master/http/reply.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'standby-takes-payloads',
  defects: [],
  title: 'A master that does not lead takes payloads, and loses them',
  part: 'master',
  master: (seams) => ({
    ...seams,
    standby: (answer) => (request) =>
      request.method === 'PUT' && request.path.startsWith('/api/v1/requests/')
        ? json(202, { status: 'accepted' })
        : seams.standby(answer)(request),
  }),
};
