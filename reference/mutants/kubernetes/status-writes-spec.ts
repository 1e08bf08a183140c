import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'status-writes-spec',
  defects: [],
  title: 'A write to /status writes the object',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    if (request.path.endsWith('/status') && request.user.groups.includes('daas:admins'))
      await handle({ ...request, path: request.path.replace(/\/status$/, '') });
    return handle(request);
  }),
};
