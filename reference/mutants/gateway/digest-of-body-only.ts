import { createHash } from 'node:crypto';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'digest-of-body-only',
  defects: [],
  title: 'The digest on chain covers the body alone',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    chainCommand: (command, body) => ({
      ...seams.chainCommand(command, body),
      payloadDigest: createHash('sha256').update(body).digest(),
    }),
  }),
};
