import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'nonce-forgotten',
  defects: ['D04'],
  title: 'Nonces are not remembered: a copy of a credential passes again',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    nonces: { putIfAbsent: () => Promise.resolve({ status: 'stored' }) },
  }),
};
