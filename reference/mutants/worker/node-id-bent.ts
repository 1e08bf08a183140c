import { withBentNodeId } from '../support/raw-config.ts';
import type { Mutant } from '../types.ts';

/** The worker bends a node_id that is no label into one. */
export const mutant: Mutant = {
  id: 'node-id-bent',
  defects: [],
  title: 'The worker bends a node_id that is no label into one',
  part: 'worker',
  worker: (seams) => ({ ...seams, rawConfig: withBentNodeId }),
};
