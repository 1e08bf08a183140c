import { forgedDocuments } from '../support/endpoints.ts';
import type { Mutant } from '../types.ts';

/** The signature of an attestation document is not its leaf’s. */
export const mutant: Mutant = {
  id: 'attestation-unsigned',
  defects: [],
  title: 'The signature of an attestation document is not its leaf’s',
  part: 'master',
  master: forgedDocuments((document) => void document.writeUInt8(document.at(-1)! ^ 1, document.length - 1)),
};
