import type { Mutant } from '../types.ts';

/** No limit in time. */
const NEVER = { headersTimeout: 0, requestTimeout: 0 } as const;

export const mutant: Mutant = {
  id: 'slow-clients-kept',
  defects: ['D47'],
  title: 'A client may take as long as it likes over its request',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, listen: (options) => seams.listen({ ...options, ...NEVER }) }),
  master: (seams) => ({ ...seams, listen: (options) => seams.listen({ ...options, ...NEVER }) }),
};
