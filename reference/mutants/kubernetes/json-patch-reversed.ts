import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'json-patch-reversed',
  defects: [],
  title: 'The operations of a JSON patch are applied from the last to the first',
  part: 'master',
  master: rewritten((request) => {
    if (request.headers['content-type'] !== 'application/json-patch+json') return request;
    const operations = JSON.parse(Buffer.from(request.body).toString('utf8')) as object[];
    return { ...request, body: Buffer.from(JSON.stringify(operations.toReversed())) };
  }),
};
