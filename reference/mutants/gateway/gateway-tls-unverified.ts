import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'gateway-tls-unverified',
  defects: ['D45'],
  title: "The gateway takes any certificate for the master's",
  part: 'gateway',
  gateway: (seams) => ({ ...seams, verifiesCertificates: false }),
};
