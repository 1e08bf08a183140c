import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

const STALLED_MS = 1_000;

/** While the master looks after a node that broke off it answers nobody. */
export const mutant: Mutant = {
  id: 'node-loss-stalls',
  defects: ['D47'],
  title: 'When the connection of a node breaks off the master answers nobody for a second',
  part: 'master',
  master: kubernetes((handle) => {
    let until = 0;
    return async (request) => {
      if (request.query.includes('spec.nodeName') && request.query.includes('watch=true'))
        request.signal.addEventListener('abort', () => (until = performance.now() + STALLED_MS));
      if (performance.now() < until) {
        const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 503 };
        const headers = { 'content-type': 'application/json', 'retry-after': '1' };
        return { status: 503, headers, body: Buffer.from(JSON.stringify(status)) };
      }
      return handle(request);
    };
  }),
};
