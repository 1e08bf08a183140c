import type { Reason } from '../../protocol/reasons.ts';
import type { Refusal } from '../../protocol/verifier-types.ts';

/** A request that is answered with one of the protocol's reasons. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: Reason;
  /** Whole seconds for the Retry-After header. */
  readonly retryAfter: number | undefined;

  constructor(reason: Reason, message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
  }

  /** For a credential that was refused: the message says no more than the reason. */
  static fromVerdict(refusal: Refusal): RefusedError {
    const options = refusal.retryAfter === undefined ? {} : { retryAfter: refusal.retryAfter };
    return new RefusedError(refusal.reason, `the credential was refused: ${refusal.reason}`, options);
  }
}
