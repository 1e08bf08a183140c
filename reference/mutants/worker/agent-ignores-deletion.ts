import { withoutRemoval } from '../support/kube.ts';
import type { Mutant } from '../types.ts';

/** The agent never confirms that a pod is gone. */
export const mutant: Mutant = {
  id: 'agent-ignores-deletion',
  defects: [],
  title: 'The agent never confirms that a pod is gone',
  part: 'worker',
  worker: (seams) => ({ ...seams, kube: withoutRemoval }),
};
