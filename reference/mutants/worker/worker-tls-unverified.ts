import type { Mutant } from '../types.ts';

/** The worker does not verify the certificate of the master. */
export const mutant: Mutant = {
  id: 'worker-tls-unverified',
  defects: ['D45'],
  title: 'The worker does not verify the certificate of the master',
  part: 'worker',
  worker: (seams) => ({ ...seams, verifiesCertificates: false }),
};
