import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'status-without-reason',
  defects: [],
  title: 'A Status has neither reason nor details',
  part: 'gateway',
  gateway: answering((reply) => {
    if (reply.status < 400) return reply;
    const { status: code } = reply;
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'it failed',
      code,
    };
    return {
      ...reply,
      headers: { ...reply.headers, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(status)),
    };
  }),
};
