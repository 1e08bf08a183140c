/**
 * What can go wrong between a service and the chain, told apart by what the service should do next.
 *
 * - `unavailable`: the node did not answer in time or refused; nothing is known, try later (503).
 * - `not_found`: the object does not exist.
 * - `wrong_type`: the object exists but is of another type or package.
 * - `outcome_unknown`: a transaction was sent and no answer came; it may or may not take effect.
 * - `no_gas`: the wallet cannot pay.
 * - `invalid`: the node refused the call as malformed; a programming error.
 */
export type ChainErrorKind =
  'unavailable' | 'not_found' | 'wrong_type' | 'outcome_unknown' | 'no_gas' | 'invalid';

export class ChainError extends Error {
  override readonly name = 'ChainError';
  readonly kind: ChainErrorKind;

  constructor(kind: ChainErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}

/** A Move abort, already looked up in the contracts' table. */
export interface AbortInfo {
  module: string;
  code: number;
  /** Constant's name in the Move source, for example `EInvalidSealToken`. */
  name: string;
  /** Reason string on the wire. */
  reason: string;
  /** HTTP status of an answer caused by it. */
  http: number;
  message: string;
}

/** The contract said no. Nothing but gas changed on the chain. */
export class ChainAbortError extends Error {
  override readonly name = 'ChainAbortError';
  readonly abort: AbortInfo;
  /** Digest of the failed transaction, undefined when the simulation already refused it. */
  readonly digest: string | undefined;

  constructor(abort: AbortInfo, digest?: string) {
    super(`${abort.module} aborted with ${abort.code} (${abort.name}): ${abort.message}`);
    this.abort = abort;
    this.digest = digest;
  }
}

/** True for a chain that cannot be reached now: fail closed, answer 503 with Retry-After. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof ChainError && error.kind === 'unavailable';
}
