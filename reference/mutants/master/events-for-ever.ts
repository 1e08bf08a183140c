import type { Mutant } from '../types.ts';

/** Events and leases never leave the store. */
export const mutant: Mutant = {
  id: 'events-for-ever',
  defects: [],
  title: 'Events and leases never leave the store',
  part: 'master',
  master: (seams) => ({ ...seams, eventTtlSeconds: 1_000_000 }),
};
