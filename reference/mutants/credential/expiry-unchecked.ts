import { passing } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

const YEARS_MS = 10 * 365 * 86_400_000;

export const mutant: Mutant = {
  id: 'expiry-unchecked',
  defects: ['D03'],
  title: 'Neither the credential nor the token ever expires',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: passing(seams.steps, 'expiry', 'token-expired'),
    // Nonces as well, or an expired credential would be refused as a replay.
    nonces: {
      putIfAbsent: (key, value, untilMs) => seams.nonces.putIfAbsent(key, value, untilMs + YEARS_MS),
    },
  }),
};
