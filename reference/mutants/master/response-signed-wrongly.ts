import type { Mutant } from '../types.ts';

/** Responses carry a signature that the registered key did not make. */
export const mutant: Mutant = {
  id: 'response-signed-wrongly',
  defects: ['D52'],
  title: 'responses are signed with a key other than the registered one',
  part: 'master',
  master: (seams) => ({ ...seams, responseSignature: (made) => made.map((byte) => byte ^ 1) }),
};
