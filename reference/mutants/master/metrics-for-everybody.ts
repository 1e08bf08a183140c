import type { Mutant } from '../types.ts';

/** Metrics are served to anybody on the public port. */
export const mutant: Mutant = {
  id: 'metrics-for-everybody',
  defects: [],
  title: 'Metrics are served to anybody on the public port',
  part: 'master',
  master: (seams) => ({ ...seams, metricsForGateways: false }),
};
