import { withKeyCopied } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker copies its private key to a temporary file. */
export const mutant: Mutant = {
  id: 'key-copied',
  defects: ['D22'],
  title: 'The worker copies its private key to a temporary file',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withKeyCopied }),
};
