import type { Mutant } from '../types.ts';

/** The worker presents no client certificate, though it was given one. */
export const mutant: Mutant = {
  id: 'worker-certificate-kept-back',
  defects: [],
  title: 'The worker presents no client certificate, though it was given one',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    rawConfig: (input) => {
      const { client_certificate: _, ...rest } = seams.rawConfig(input) as Record<string, unknown>;
      return rest;
    },
  }),
};
