import type { Mutant } from '../types.ts';

const OLD = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

export const mutant: Mutant = {
  id: 'tls-1-3-missing',
  defects: [],
  title: 'The gateway speaks TLS 1.2, and nothing newer',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, listen: (options) => seams.listen({ ...options, ...OLD }) }),
};
