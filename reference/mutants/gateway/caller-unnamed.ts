import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'caller-unnamed',
  defects: ['D48'],
  title: 'The master is not told for whom a read is',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    forwardedHeaders: (request) => ({ ...seams.forwardedHeaders(request), 'x-remote-user': 'gateway' }),
  }),
};
