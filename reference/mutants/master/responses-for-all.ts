import type { Reply } from '../../master/http/reply.ts';
import { endpoint } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** A response is given to whoever asks. */
export const mutant: Mutant = {
  id: 'responses-for-all',
  defects: [],
  title: 'A response is given to whoever asks',
  part: 'master',
  master: endpoint('getResponse', (own) => {
    const given = new Map<string, Reply>();
    return async (request, id) => {
      const reply = await own(request, id).catch((error: unknown) => {
        const known = given.get(id);
        if (known) return known;
        throw error;
      });
      if (reply.status === 200) given.set(id, reply);
      return reply;
    };
  }),
};
