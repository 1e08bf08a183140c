import { json } from '../../gateway/http/reply.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'writes-answered-early',
  defects: [],
  title: 'A create is answered as done without the chain or the master',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    serve: (serve) => async (request) => {
      if (request.method !== 'POST' || !request.path.endsWith('/configmaps'))
        return seams.serve(serve)(request);
      const object: unknown = JSON.parse(Buffer.from(await request.readBody()).toString('utf8'));
      return json(201, object);
    },
  }),
};
