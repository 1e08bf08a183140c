import type { Mutant } from '../types.ts';

/** The timestamp of a registration is not looked at. */
export const mutant: Mutant = {
  id: 'registration-timestamp-ignored',
  defects: ['D07'],
  title: 'The timestamp of a registration is not looked at',
  part: 'master',
  master: (seams) => ({ ...seams, registrationChecks: { ...seams.registrationChecks, timestamp: () => {} } }),
};
