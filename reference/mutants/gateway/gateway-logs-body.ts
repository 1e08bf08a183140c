import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'gateway-logs-body',
  defects: ['D24'],
  title: 'The gateway writes the bodies of requests to its log',
  part: 'gateway',
  gateway: asked((request) => ({
    ...request,
    readBody: async () => {
      const body = await request.readBody();
      process.stderr.write(`${JSON.stringify({ body: Buffer.from(body).toString('utf8') })}\n`);
      return body;
    },
  })),
};
