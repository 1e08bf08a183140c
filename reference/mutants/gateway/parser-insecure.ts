import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'parser-insecure',
  defects: [],
  title: 'The HTTP parsers make something of every malformed request',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, insecureHTTPParser: true }),
  }),
  master: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, insecureHTTPParser: true }),
  }),
};
