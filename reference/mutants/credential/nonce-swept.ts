import type { Mutant } from '../types.ts';

const SKEW_MS = 30_000;

export const mutant: Mutant = {
  id: 'nonce-swept',
  defects: ['D04'],
  title: 'Nonces leave as soon as their credentials end by the clock, though it may be set back',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    nonces: {
      putIfAbsent: (key, value, untilMs) => seams.nonces.putIfAbsent(key, value, untilMs - SKEW_MS),
    },
  }),
};
