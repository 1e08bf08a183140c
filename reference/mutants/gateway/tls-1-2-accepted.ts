import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'tls-1-2-accepted',
  defects: ['D45'],
  title: 'Old versions of TLS are accepted',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, minVersion: 'TLSv1.2' }),
  }),
  master: (seams) => ({ ...seams, listen: (options) => seams.listen({ ...options, minVersion: 'TLSv1.2' }) }),
};
