import type { Mutant } from '../types.ts';

/** Metrics do not name refused replays. */
export const mutant: Mutant = {
  id: 'metrics-incomplete',
  defects: [],
  title: 'Metrics do not name refused replays',
  part: 'master',
  master: (seams) => ({ ...seams, metrics: (text) => text.replaceAll(/^.*replays_refused.*$\n?/gm, '') }),
};
