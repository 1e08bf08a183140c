import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from './request.ts';

/**
 * Refuses a credential that came over somebody else's connection: one whose client certificate names another wallet.
 * Without client certificates there is nothing to compare. Throws ProtocolError BindingMismatch.
 */
export function requireOwnConnection({ clientName }: Pick<HttpRequest, 'clientName'>, owner: string): void {
  if (clientName === undefined || clientName === owner) return;
  throw new ProtocolError(
    'BindingMismatch',
    'the credential is not of the wallet that the certificate names',
  );
}
