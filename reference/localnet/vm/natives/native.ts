import type { LoadedFunction } from '../loader.ts';
import type { Machine } from '../machine.ts';
import type { Ref, TypeTag, Value } from '../types.ts';
import { toBytes } from '../values.ts';
import { COST } from '../gas.ts';

/** One call of a native function. */
export interface NativeCall {
  readonly machine: Machine;
  readonly fn: LoadedFunction;
  readonly typeArgs: readonly TypeTag[];
  readonly args: readonly Value[];
}

/** Returns the list of results; may throw NativeAbort. */
export type NativeFunction = (call: NativeCall) => readonly Value[];
/** `function` → implementation, of one module. */
export type NativeModule = Readonly<Record<string, NativeFunction>>;

/** Argument `index`, whatever it is. */
export function arg(call: NativeCall, index: number): Value {
  return call.args[index] as Value;
}
/** The value that reference argument `index` refers to. */
export function referent(call: NativeCall, index: number): Value {
  return (call.args[index] as Ref).get();
}
/** Bytes of a `vector<u8>`; charges for reading them. */
export function bytesOf(call: NativeCall, value: Value): Uint8Array {
  const bytes = toBytes(value);
  call.machine.gas.charge(1 + Math.floor(bytes.length / COST.elementsPerUnit));
  return bytes;
}
export function typeArg(call: NativeCall, index: number): TypeTag {
  return call.typeArgs[index] as TypeTag;
}
