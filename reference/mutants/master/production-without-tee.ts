import type { Mutant } from '../types.ts';

/** TEE_MODE=production starts without a TEE. */
export const mutant: Mutant = {
  id: 'production-without-tee',
  defects: ['D43'],
  title: 'TEE_MODE=production starts without a TEE',
  part: 'master',
  master: (seams) => ({ ...seams, teeEnvironment: (environment) => ({ ...environment, TEE_MODE: '' }) }),
};
