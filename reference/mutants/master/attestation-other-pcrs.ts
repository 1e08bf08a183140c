import { forgedDocuments } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** The PCRs of an attestation document are not those expected on chain. */
export const mutant: Mutant = {
  id: 'attestation-other-pcrs',
  defects: [],
  title: 'The PCRs of an attestation document are not those expected on chain',
  part: 'master',
  master: forgedDocuments((document) => {
    const pcrs = document.indexOf('pcrs');
    // Behind the key come the map's head, index 0 and the head of 48 bytes.
    document.writeUInt8(document.readUInt8(pcrs + 20) ^ 0xff, pcrs + 20);
  }),
};
