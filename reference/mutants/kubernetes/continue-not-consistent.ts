import { rewritten, withQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'continue-not-consistent',
  defects: ['D28'],
  title: 'Pages of a list show the state at their own time',
  part: 'master',
  master: rewritten((request) => {
    const token = new URLSearchParams(request.query).get('continue');
    if (token === null) return request;
    const text = Buffer.from(token, 'base64url').toString('utf8');
    if (!text.startsWith('{')) return request;
    const place = JSON.parse(text) as object;
    return withQuery(
      request,
      'continue',
      Buffer.from(JSON.stringify({ ...place, rv: 0 })).toString('base64url'),
    );
  }),
};
