import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'credential-in-log',
  defects: ['D22'],
  title: 'The credential of each request is written to the log',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    // In pieces and under a harmless name, as a dump of the parsed request would show it.
    logFields: (request) => ({
      ...seams.logFields(request),
      parsed: (request.headers['authorization'] ?? '').replace(/^Bearer seal1/i, '').split('.'),
    }),
  }),
};
