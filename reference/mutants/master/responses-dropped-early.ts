import type { Mutant } from '../types.ts';

/** Responses are dropped after two seconds. */
export const mutant: Mutant = {
  id: 'responses-dropped-early',
  defects: [],
  title: 'Responses are dropped after two seconds',
  part: 'master',
  master: (seams) => ({ ...seams, requestTtlSeconds: 2 }),
};
