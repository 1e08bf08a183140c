import { memoizeSignatures, verifySuiSignature } from '../protocol/sui-signature.ts';
import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import { CredentialVerifier } from '../protocol/verifier.ts';
import type { MasterDeps } from './master-deps.ts';

/** Good signatures remembered, so that a flood of copies does not cost a verification each. */
const SIGNATURES = 10_000;

/** For the credentials of workers, and for those of gateways. */
export function verifiersOf(deps: MasterDeps): {
  verifier: CredentialVerifier;
  gatewayVerifier: CredentialVerifier;
} {
  const { config, clock, cache, nonces, reader, seams } = deps;
  const common = {
    clock,
    audience: config.chain.cluster,
    clockSkewSeconds: config.timings.clock_skew_seconds,
    verifySignature: memoizeSignatures(verifySuiSignature, SIGNATURES),
  };
  const forGateways = { steps: VERIFICATION_STEPS, tokens: cache, nonces, reader };
  return {
    verifier: new CredentialVerifier({ ...common, endpoint: config.chain.endpoint, ...deps.credential }),
    gatewayVerifier: new CredentialVerifier({
      ...common,
      tokenKind: 'gateway',
      ...seams.gatewayCredential(forGateways),
    }),
  };
}
