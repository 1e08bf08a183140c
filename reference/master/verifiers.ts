import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import { CredentialVerifier } from '../protocol/verifier.ts';
import type { MasterDeps } from './master-deps.ts';

/** Good credentials remembered, so that neither a session nor a flood of copies costs a signature each time. */
const KNOWN_CREDENTIALS = 1_000;

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
    remembers: KNOWN_CREDENTIALS,
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
