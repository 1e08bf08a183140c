import { invented } from '../support/steps.ts';
import { found, replaceStep } from '../../protocol/verification-steps.ts';
import { passing, unlessAdmitted } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

/** Whoever calls the internal endpoints is taken for a gateway. */
export const mutant: Mutant = {
  id: 'gateway-unverified',
  defects: ['D40'],
  title: 'whoever calls the internal endpoints is taken for a gateway',
  part: 'master',
  master: (seams) => ({
    ...seams,
    gatewayCredential: (credential) => {
      const lax = passing(credential.steps, 'expiry', 'audience', 'signature', 'binding', 'kind');
      const steps = replaceStep(lax, 'token', (context) => {
        context.token = invented(found(context.credential, 'shape').claims);
        return undefined;
      });
      return { ...credential, steps: unlessAdmitted(steps, (text) => !text.startsWith('seal1.')) };
    },
  }),
};
