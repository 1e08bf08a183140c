import type { Location, VmFailure } from '../vm/index.ts';
import { ExecutionFailure } from './errors.ts';
import type { ExecutionError } from './errors.ts';

/** A failure without further data, such as `InsufficientGas`. */
export function plainFailure(kind: string, description: string): ExecutionFailure {
  return new ExecutionFailure({ $kind: kind, [kind]: true } as unknown as ExecutionError, description);
}

/** Execution status of a failure inside Move code. */
export function executionFailure(error: VmFailure): ExecutionFailure {
  if (error.kind === 'abort') {
    const { location } = error;
    return new ExecutionFailure(
      {
        $kind: 'MoveAbort',
        MoveAbort: [moveLocation(location), String(error.code)],
      } as unknown as ExecutionError,
      `Move Runtime Abort. Location: ${location.module.address}::${location.module.name}::${location.function} (function index ${location.functionIndex}) at offset ${location.instruction}, Abort Code: ${error.code}`,
    );
  }
  switch (error.kind) {
    case 'out_of_gas':
      return plainFailure('InsufficientGas', 'Insufficient Gas.');
    case 'missing':
      return plainFailure('FunctionNotFound', `Function Not Found: ${error.message}`);
    case 'verification':
    case 'invalid_bytes':
      return plainFailure(
        'VMVerificationOrDeserializationError',
        `Move Bytecode Verification Error: ${error.message}`,
      );
    case 'unsupported':
      return plainFailure('FeatureNotYetSupported', error.message);
    case 'type_mismatch':
      return plainFailure('VMInvariantViolation', `MOVE VM INVARIANT VIOLATION. ${error.message}`);
    case 'arithmetic':
    case 'vector_bounds':
    case 'variant_mismatch':
    case 'limit':
      return new ExecutionFailure(
        {
          $kind: 'MovePrimitiveRuntimeError',
          MovePrimitiveRuntimeError: error.location ? moveLocation(error.location) : null,
        } as unknown as ExecutionError,
        `Move Primitive Runtime Error: ${error.message}`,
      );
  }
}

function moveLocation(location: Location): object {
  return {
    module: location.module,
    function: location.functionIndex,
    instruction: location.instruction,
    functionName: location.function,
  };
}
