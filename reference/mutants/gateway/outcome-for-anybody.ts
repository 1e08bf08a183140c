import { answering } from '../support/answers.ts';
import type { Reply } from '../../gateway/http/types.ts';
import type { Mutant } from '../types.ts';

/** What owners were told. */
const known = new Map<string, Reply>();

export const mutant: Mutant = {
  id: 'outcome-for-anybody',
  defects: [],
  title: 'An outcome is given to whoever asks for it',
  part: 'gateway',
  gateway: answering((reply, { path }) => {
    if (!path.startsWith('/daas/v1/requests/')) return reply;
    if (reply.status < 300) known.set(path, reply);
    return reply.status === 404 ? (known.get(path) ?? reply) : reply;
  }),
};
