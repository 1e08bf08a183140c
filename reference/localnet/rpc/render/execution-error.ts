import { GrpcTypes } from '@mysten/sui/grpc';
import type { ExecutionFailure } from '../../chain/errors.ts';
import { defined } from './defined.ts';

const { ExecutionError_ExecutionErrorKind, CommandArgumentError_CommandArgumentErrorKind } = GrpcTypes;
const { TypeArgumentError_TypeArgumentErrorKind, PackageUpgradeError_PackageUpgradeErrorKind } = GrpcTypes;

type ErrorDetails = GrpcTypes.ExecutionError['errorDetails'];
type KindName = keyof typeof ExecutionError_ExecutionErrorKind;
type ArgumentKindName = keyof typeof CommandArgumentError_CommandArgumentErrorKind;

/** Names that differ between the BCS and the protobuf spelling by more than their case. */
const KIND_NAMES: Readonly<Record<string, KindName>> = {
  SharedObjectOperationNotAllowed: 'CONSENSUS_OBJECT_OPERATION_NOT_ALLOWED',
  VMVerificationOrDeserializationError: 'VM_VERIFICATION_OR_DESERIALIZATION_ERROR',
  VMInvariantViolation: 'VM_INVARIANT_VIOLATION',
};
const ARGUMENT_KIND_NAMES: Readonly<Record<string, ArgumentKindName>> = {
  InvalidBCSBytes: 'INVALID_BCS_BYTES',
  InvalidUsageOfPureArg: 'INVALID_USAGE_OF_PURE_ARGUMENT',
  InvalidArgumentToPrivateEntryFunction: 'INVALID_ARGUMENT_TO_PRIVATE_ENTRY_FUNCTION',
  SharedObjectOperationNotAllowed: 'CONSENSUS_OBJECT_OPERATION_NOT_ALLOWED',
};

function screamingSnake(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_').toUpperCase();
}

/** A failed execution's error. */
export function renderExecutionError(failure: ExecutionFailure): GrpcTypes.ExecutionError {
  const { status } = failure;
  const kind = (KIND_NAMES[status.$kind] ?? screamingSnake(status.$kind)) as KindName;
  return defined<GrpcTypes.ExecutionError>({
    description: failure.message,
    command: failure.command === undefined ? undefined : BigInt(failure.command),
    kind: ExecutionError_ExecutionErrorKind[kind],
    errorDetails: details(status),
  });
}

function details(status: ExecutionFailure['status']): ErrorDetails {
  switch (status.$kind) {
    case 'MoveAbort': {
      const [location, code] = status.MoveAbort;
      return {
        oneofKind: 'abort',
        abort: { abortCode: BigInt(code), location: moveLocation(location) },
      };
    }
    case 'MovePrimitiveRuntimeError': {
      const location = status.MovePrimitiveRuntimeError;
      return location
        ? { oneofKind: 'abort', abort: { location: moveLocation(location) } }
        : { oneofKind: undefined };
    }
    case 'CommandArgumentError': {
      const { argIdx, kind } = status.CommandArgumentError;
      const name = (ARGUMENT_KIND_NAMES[kind.$kind] ?? screamingSnake(kind.$kind)) as ArgumentKindName;
      return {
        oneofKind: 'commandArgumentError',
        commandArgumentError: { argument: argIdx, kind: CommandArgumentError_CommandArgumentErrorKind[name] },
      };
    }
    case 'TypeArgumentError': {
      const { argumentIdx, kind } = status.TypeArgumentError;
      const name = screamingSnake(kind.$kind) as keyof typeof TypeArgumentError_TypeArgumentErrorKind;
      return {
        oneofKind: 'typeArgumentError',
        typeArgumentError: { typeArgument: argumentIdx, kind: TypeArgumentError_TypeArgumentErrorKind[name] },
      };
    }
    case 'UnusedValueWithoutDrop': {
      const { resultIdx, secondaryIdx } = status.UnusedValueWithoutDrop;
      return { oneofKind: 'indexError', indexError: { index: resultIdx, subresult: secondaryIdx } };
    }
    case 'InvalidPublicFunctionReturnType':
      return { oneofKind: 'indexError', indexError: { index: status.InvalidPublicFunctionReturnType.idx } };
    case 'PackageUpgradeError':
      return {
        oneofKind: 'packageUpgradeError',
        packageUpgradeError: upgradeError(status.PackageUpgradeError),
      };
    default:
      return { oneofKind: undefined };
  }
}

type Status<K extends string> = Extract<ExecutionFailure['status'], { $kind: K }>;

function moveLocation(location: Status<'MoveAbort'>['MoveAbort'][0]): GrpcTypes.MoveLocation {
  return defined<GrpcTypes.MoveLocation>({
    package: location.module.address,
    module: location.module.name,
    function: location.function,
    instruction: location.instruction,
    functionName: location.functionName ?? undefined,
  });
}

function upgradeError(
  error: Status<'PackageUpgradeError'>['PackageUpgradeError'],
): GrpcTypes.PackageUpgradeError {
  const { upgradeError: detail } = error;
  const kinds = PackageUpgradeError_PackageUpgradeErrorKind;
  switch (detail.$kind) {
    case 'UnableToFetchPackage':
      return { kind: kinds.UNABLE_TO_FETCH_PACKAGE, packageId: detail.UnableToFetchPackage.packageId };
    case 'NotAPackage':
      return { kind: kinds.NOT_A_PACKAGE, packageId: detail.NotAPackage.objectId };
    case 'IncompatibleUpgrade':
      return { kind: kinds.INCOMPATIBLE_UPGRADE };
    case 'DigestDoesNotMatch':
      return { kind: kinds.DIGEST_DOES_NOT_MATCH };
    case 'UnknownUpgradePolicy':
      return { kind: kinds.UNKNOWN_UPGRADE_POLICY, policy: detail.UnknownUpgradePolicy.policy };
    case 'PackageIDDoesNotMatch':
      return {
        kind: kinds.PACKAGE_ID_DOES_NOT_MATCH,
        packageId: detail.PackageIDDoesNotMatch.packageId,
        ticketId: detail.PackageIDDoesNotMatch.ticketId,
      };
  }
}
