import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'client-certificate-kept-back',
  defects: [],
  title: 'The gateway presents no client certificate, though it was given one',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => {
      const { client_certificate: _, ...master } = seams.config(config).master;
      return { ...config, master };
    },
  }),
};
