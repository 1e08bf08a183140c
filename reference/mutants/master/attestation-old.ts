import { forgedDocuments } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** An attestation document is two minutes old. */
export const mutant: Mutant = {
  id: 'attestation-old',
  defects: [],
  title: 'An attestation document is two minutes old',
  part: 'master',
  master: forgedDocuments((document) => {
    // Behind the key comes the head of an integer of eight bytes.
    const place = document.indexOf('timestamp') + 'timestamp'.length + 1;
    document.writeBigUInt64BE(document.readBigUInt64BE(place) - 120_000n, place);
  }),
};
