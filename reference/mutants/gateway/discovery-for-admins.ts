import { errorResponse, ApiError } from '../../kubernetes/index.ts';
import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'discovery-for-admins',
  defects: [],
  title: 'Discovery is for administrators alone',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const resource = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/./.test(request.path);
    if (resource || request.user.groups.includes('daas:admins')) return handle(request);
    return errorResponse(new ApiError(403, 'Forbidden', 'discovery is for administrators'));
  }),
};
