import type { ModuleId } from './types.ts';

/** Where execution was. `module.address` is the package's original id, as in a real node's statuses. */
export interface Location {
  readonly module: ModuleId;
  readonly function: string;
  /** Index of the function's definition in its module. */
  readonly functionIndex: number;
  /** Index of the instruction; 0 in a native function. */
  readonly instruction: number;
}

/** `abort`, a failed `assert!`, or a native function's documented abort. */
export class MoveAbort extends Error {
  readonly kind = 'abort';
  readonly code: bigint;
  readonly location: Location;
  constructor(code: bigint, location: Location) {
    const { module } = location;
    super(`abort ${code} in ${module.address}::${module.name}::${location.function}`);
    this.name = 'MoveAbort';
    this.code = code;
    this.location = location;
  }
  get module(): ModuleId {
    return this.location.module;
  }
  get function(): string {
    return this.location.function;
  }
}

/**
 * out_of_gas: the meter ran dry. arithmetic: overflow, division by zero, bad shift or cast.
 * vector_bounds: index or length out of range. variant_mismatch: an enum had another variant.
 * limit: call depth, stack height or value size. missing: no such package, module, function or type.
 * type_mismatch: wrong number or kind of arguments or type arguments. invalid_bytes: BCS that does not fit its type.
 * verification: a module that must not be loaded. unsupported: a native function the machine lacks.
 */
export type VmErrorKind =
  | 'out_of_gas'
  | 'arithmetic'
  | 'vector_bounds'
  | 'variant_mismatch'
  | 'limit'
  | 'missing'
  | 'type_mismatch'
  | 'invalid_bytes'
  | 'verification'
  | 'unsupported';

/** Every failure of the machine that is no abort. */
export class VmError extends Error {
  readonly kind: VmErrorKind;
  /** Set for failures inside Move code. */
  location?: Location;
  /** For vector_bounds: 1 index out of range, 2 pop from an empty vector, 3 another number of elements to unpack. */
  readonly subStatus: number | undefined;
  constructor(kind: VmErrorKind, message: string, subStatus?: number) {
    super(message);
    this.name = 'VmError';
    this.kind = kind;
    this.subStatus = subStatus;
  }
}

/** Sub-status of `vector_bounds`, as a node numbers them. */
export const VECTOR_ERROR = { index: 1, popEmpty: 2, unpackCount: 3 } as const;

/** Thrown by native functions and by `NativeContext` implementations; the session turns it into a MoveAbort. */
export class NativeAbort extends Error {
  readonly code: bigint;
  constructor(code: bigint | number) {
    super(`native abort ${code}`);
    this.name = 'NativeAbort';
    this.code = BigInt(code);
  }
}

/** What execution throws; tell them apart by `kind`. */
export type VmFailure = MoveAbort | VmError;
export function isVmFailure(error: unknown): error is VmFailure {
  return error instanceof MoveAbort || error instanceof VmError;
}
