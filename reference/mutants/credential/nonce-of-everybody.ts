import { sha256Base64url } from '../../protocol/digest.ts';
import { endsMs, found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'nonce-of-everybody',
  defects: [],
  title: 'A nonce that one token has used is gone for every other one',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(seams.steps, 'replay', async (context) => {
      const { claims, payload } = found(context.credential, 'shape');
      const value = sha256Base64url(payload);
      const until = endsMs(claims.exp, context.seams.clockSkewSeconds);
      const outcome = await seams.nonces.putIfAbsent(sha256Base64url(claims.nonce), value, until);
      if (outcome.status === 'stored') return undefined;
      const again = !context.binding && outcome.status === 'present' && outcome.value === value;
      return again ? undefined : refuse('ReplayDetected');
    }),
  }),
};
