import type { Mutant } from '../types.ts';

/** Metrics are rendered once and then repeated. */
export const mutant: Mutant = {
  id: 'metrics-frozen',
  defects: [],
  title: 'Metrics are rendered once and then repeated',
  part: 'master',
  master: (seams) => {
    let first: string | undefined;
    return { ...seams, metrics: (text) => (first ??= text) };
  },
};
