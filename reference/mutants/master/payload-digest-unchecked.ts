import type { Mutant } from '../types.ts';

/** A payload is run although the chain announced another digest. */
export const mutant: Mutant = {
  id: 'payload-digest-unchecked',
  defects: ['D35'],
  title: 'a payload is run although the chain announced another digest',
  part: 'master',
  master: (seams) => ({ ...seams, comparesDigests: false }),
};
