import { inside, rewritten, withBody } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

const NODE_STATUS = /^\/api\/v1\/nodes\/[^/]+\/status$/;

export const mutant: Mutant = {
  id: 'ready-at-registration',
  defects: [],
  title: 'A node is Ready as soon as its worker is registered',
  part: 'master',
  master: rewritten((request) => {
    if (!NODE_STATUS.test(request.path)) return request;
    return withBody(request, (body) => {
      const { conditions } = inside(body, 'status') as { conditions?: Record<string, unknown>[] };
      const pending = conditions?.find(({ reason }) => reason === 'WorkerPending');
      if (pending) pending['status'] = 'True';
    });
  }),
};
