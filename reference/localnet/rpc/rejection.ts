import { TransactionRejected } from '../chain/errors.ts';
import type { RejectionKind } from '../chain/errors.ts';
import { RpcFailure } from './status.ts';
import type { GrpcCode } from './status.ts';

const CODES: Readonly<Record<RejectionKind, GrpcCode>> = {
  invalid: 'INVALID_ARGUMENT',
  signature: 'INVALID_ARGUMENT',
  not_found: 'INVALID_ARGUMENT',
  conflict: 'INVALID_ARGUMENT',
  expired: 'INVALID_ARGUMENT',
  unsupported: 'UNIMPLEMENTED',
};

/** A refusal as the caller gets it; other errors stay as they are. */
export function rejectionFailure(error: unknown): unknown {
  if (!(error instanceof TransactionRejected)) return error;
  return new RpcFailure(CODES[error.kind], error.message, { cause: error });
}
