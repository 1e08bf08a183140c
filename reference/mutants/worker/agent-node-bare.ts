import { withPatches } from '../support/kube.ts';
import type { Mutant } from '../types.ts';

/** The agent tells nothing of the capacity of its node. */
export const mutant: Mutant = {
  id: 'agent-node-bare',
  defects: [],
  title: 'The agent tells nothing of the capacity of its node',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    kube: withPatches((path, change) =>
      path.includes('/nodes/') ? { ...change, status: { ...change.status, capacity: undefined } } : change,
    ),
  }),
};
