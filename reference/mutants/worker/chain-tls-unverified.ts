import type { Mutant } from '../types.ts';

/** The worker believes any node of the chain. */
export const mutant: Mutant = {
  id: 'chain-tls-unverified',
  defects: ['D45'],
  title: 'The worker believes any node of the chain',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    configFile: (...told) => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      return seams.configFile(...told);
    },
  }),
};
