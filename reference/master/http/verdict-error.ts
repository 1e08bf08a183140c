import { ProtocolError } from '../../protocol/status.ts';
import type { Refusal } from '../../protocol/verifier-types.ts';

/** For a credential that was refused: the message says no more than the reason. */
export function verdictError(refusal: Refusal): ProtocolError {
  const options = refusal.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter };
  return new ProtocolError(refusal.reason, undefined, options);
}
