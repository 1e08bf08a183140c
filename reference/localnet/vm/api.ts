import type { NativeContext } from './context.ts';
import type {
  AbilitySet,
  Address,
  CallResult,
  DatatypeInfo,
  FunctionInfo,
  FunctionRef,
  Layout,
  ModuleInfo,
  PackageInfo,
  PackageInput,
  TypeTag,
  Value,
} from './types.ts';

/** The packages of a store at some time, by storage id. */
export type PackageSnapshot = ReadonlyMap<Address, PackageInfo>;

/** Published packages. `ModuleStore` implements it; one store serves every session of a chain. */
export interface PackageStore {
  /**
   * Verifies and adds a package. Throws VmError `verification` (and adds nothing) when a module is malformed, names
   * something its dependencies do not have, or fails the type check; `missing` when a dependency is not there.
   */
  add(input: PackageInput): PackageInfo;
  /** Takes a package back out: for a publish whose transaction failed or was only simulated. */
  remove(storageId: Address): void;
  /** Every package that is loaded, for `restore`. */
  snapshot(): PackageSnapshot;
  /** Makes the loaded packages those of a snapshot of this store again. */
  restore(snapshot: PackageSnapshot): void;
  package(storageId: Address): PackageInfo | undefined;
  module(storageId: Address, module: string): ModuleInfo | undefined;
  function(ref: FunctionRef): FunctionInfo | undefined;
  /** By defining id. */
  datatype(address: Address, module: string, name: string): DatatypeInfo | undefined;
  /** Abilities of a type with its arguments. Throws VmError `missing` for an unknown struct. */
  abilities(type: TypeTag): AbilitySet;
  /** Throws VmError: `missing` for an unknown struct, `type_mismatch` for wrong type arguments. */
  layout(type: TypeTag): Layout;
  /** BCS. Throws VmError `type_mismatch` for a value that does not fit. */
  serialize(type: TypeTag, value: Value): Uint8Array;
  /** Throws VmError `invalid_bytes` for bytes that do not fit exactly. */
  deserialize(type: TypeTag, bytes: Uint8Array): Value;
}

/** Meter of one transaction (or of one session). */
export interface GasMeterApi {
  /** Units that may be used. */
  readonly budget: number;
  readonly used: number;
  /** Throws VmError `out_of_gas` when the budget is exceeded. */
  charge(units: number): void;
}

export interface SessionOptions {
  readonly store: PackageStore;
  readonly natives: NativeContext;
  readonly gas: GasMeterApi;
}

/** Executes functions for one transaction. After a failure throw the session and its effects away. */
export interface VmSession {
  /**
   * Runs a function of any visibility (the caller checks who may call what). A `&T` or `&mut T` parameter takes a
   * `Ref`: hold the value in `Ref.to(value)`, and read `ref.get()` afterwards. When the last parameter is a
   * TxContext reference and one argument less is given, the session supplies the transaction's TxContext.
   * Throws MoveAbort or VmError.
   */
  call(target: FunctionRef, typeArgs: readonly TypeTag[], args: readonly Value[]): CallResult;
}
