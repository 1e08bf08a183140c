import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'apply-as-merge',
  defects: [],
  title: 'Server-side apply is a merge patch, or a create',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    if (request.headers['content-type'] !== 'application/apply-patch+yaml') return handle(request);
    const headers = { ...request.headers, 'content-type': 'application/merge-patch+json' };
    const patched = await handle({ ...request, headers });
    if (patched.status !== 404) return patched;
    const path = request.path.replace(/\/[^/]+$/, '');
    return handle({
      ...request,
      method: 'POST',
      path,
      headers: { ...headers, 'content-type': 'application/json' },
    });
  }),
};
