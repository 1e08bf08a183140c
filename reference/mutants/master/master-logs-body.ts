import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

/** The master writes the bodies of requests to its log. */
export const mutant: Mutant = {
  id: 'master-logs-body',
  defects: ['D24'],
  title: 'The master writes the bodies of requests to its log',
  part: 'master',
  master: rewritten((request) => {
    process.stderr.write(`${request.method} ${Buffer.from(request.body).toString('utf8')}\n`);
    return request;
  }),
};
