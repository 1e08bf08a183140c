import type { CredentialVerifier } from '../../protocol/verifier.ts';
import type { Principal } from '../../protocol/verifier-types.ts';
import { ProtocolError } from '../../protocol/status.ts';
import { requireOwnConnection } from '../http/own-connection.ts';
import type { HttpRequest } from '../http/request.ts';
import { verdictError } from '../http/verdict-error.ts';
import type { MasterMetrics } from '../metrics.ts';

export interface GatewayIdentityDeps {
  /** Verifies credentials over a GatewayCap. */
  gatewayVerifier: CredentialVerifier;
  metrics: MasterMetrics;
}

/** Verifies X-Gateway-Credential, good for this request alone. Throws ProtocolError. */
export async function verifyGateway(
  request: HttpRequest,
  body: Uint8Array,
  deps: GatewayIdentityDeps,
): Promise<Principal> {
  const credential = request.headers['x-gateway-credential'];
  if (credential === undefined) {
    throw new ProtocolError('MalformedCredential', 'X-Gateway-Credential is missing');
  }
  const binding = { method: request.method, target: request.target, body };
  const verdict = await deps.gatewayVerifier.verifyOneShot(credential, binding);
  deps.metrics.tokenValidation('gateway', verdict);
  if (!verdict.ok) throw verdictError(verdict);
  requireOwnConnection(request, verdict.principal.owner);
  return verdict.principal;
}
