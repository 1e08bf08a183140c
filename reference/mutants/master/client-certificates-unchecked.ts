import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'client-certificates-unchecked',
  defects: [],
  title: 'Clients are asked for certificates, and nobody looks at them',
  part: 'master',
  master: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, rejectUnauthorized: false }),
  }),
};
