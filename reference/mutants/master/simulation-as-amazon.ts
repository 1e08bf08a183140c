import { forgedDocuments } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** The certificates of a simulated attestation document claim to be Amazon's. */
export const mutant: Mutant = {
  id: 'simulation-as-amazon',
  defects: [],
  title: 'The certificates of a simulated attestation document claim to be Amazon’s',
  part: 'master',
  master: forgedDocuments((document) => {
    for (let at = document.indexOf('K3s-DaaS'); at >= 0; at = document.indexOf('K3s-DaaS', at))
      document.write('Amazon  ', at, 'latin1');
  }),
};
