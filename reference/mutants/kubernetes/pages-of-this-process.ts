import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

/** Page tokens are known to the process that gave them out, and to no other. */
export const mutant: Mutant = {
  id: 'pages-of-this-process',
  defects: [],
  title: 'A page token of before a restart is 400',
  part: 'master',
  master: kubernetes((handle) => {
    const given = new Set<string>();
    return async (request) => {
      const asked = new URLSearchParams(request.query).get('continue');
      if (asked !== null && asked !== '' && !given.has(asked)) {
        const status = {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          reason: 'BadRequest',
          code: 400,
        };
        const body = Buffer.from(JSON.stringify(status));
        return { status: 400, headers: { 'content-type': 'application/json' }, body };
      }
      const response = await handle(request);
      if (response.body instanceof Uint8Array) {
        const token = /"continue":"([^"]+)"/.exec(Buffer.from(response.body).toString('utf8'))?.[1];
        if (token !== undefined) given.add(token);
      }
      return response;
    };
  }),
};
