import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'stack-in-answer',
  defects: [],
  title: 'Errors tell where in the source they come from',
  part: 'gateway',
  gateway: answering((reply) => {
    if (reply.status < 400) return reply;
    const { status: code } = reply;
    const message = new Error('it failed').stack;
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'InternalError',
      message,
      code,
    };
    return {
      ...reply,
      headers: { ...reply.headers, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(status)),
    };
  }),
};
