import type { bcs } from '@mysten/sui/bcs';

/**
 * Why a transaction was not taken at all: it left no trace on the chain.
 * `conflict` stands for an input version that is no longer the current one.
 */
export type RejectionKind = 'invalid' | 'signature' | 'not_found' | 'conflict' | 'expired' | 'unsupported';

export class TransactionRejected extends Error {
  readonly kind: RejectionKind;

  constructor(kind: RejectionKind, message: string) {
    super(message);
    this.name = 'TransactionRejected';
    this.kind = kind;
  }
}

type EffectsV2 = NonNullable<(typeof bcs.TransactionEffects.$inferType)['V2']>;

/** The failure part of a transaction's execution status, in the shape of the SDK's codec. */
export type ExecutionError = NonNullable<EffectsV2['status']['Failure']>['error'];

/** A transaction that ran and failed: it is on the chain, its gas is charged, its writes are not made. */
export class ExecutionFailure extends Error {
  readonly status: ExecutionError;
  /** Index of the command that failed; set by whoever runs the commands. */
  command: number | undefined;

  constructor(status: ExecutionError, description: string) {
    super(description);
    this.name = 'ExecutionFailure';
    this.status = status;
  }
}

export type ArgumentErrorKind =
  | 'TypeMismatch'
  | 'InvalidBCSBytes'
  | 'InvalidUsageOfPureArg'
  | 'InvalidArgumentToPrivateEntryFunction'
  | 'InvalidGasCoinUsage'
  | 'InvalidValueUsage'
  | 'InvalidObjectByValue'
  | 'InvalidObjectByMutRef'
  | 'SharedObjectOperationNotAllowed'
  | 'InvalidArgumentArity'
  | 'InvalidTransferObject'
  | 'InvalidMakeMoveVecNonObjectArgument'
  | 'ArgumentWithoutValue'
  | 'InvalidReferenceArgument'
  | 'CannotMoveBorrowedValue';

/** A command's argument that does not fit. `index` counts the command's arguments. */
export function argumentError(index: number, kind: ArgumentErrorKind, detail = ''): ExecutionFailure {
  return new ExecutionFailure(
    {
      $kind: 'CommandArgumentError',
      CommandArgumentError: { argIdx: index, kind: { $kind: kind, [kind]: true } },
    } as unknown as ExecutionError,
    `Invalid command argument at ${index}. ${kind}${detail === '' ? '' : `: ${detail}`}`,
  );
}
