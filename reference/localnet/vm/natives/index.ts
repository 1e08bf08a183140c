import { STD, SUI } from '../address.ts';
import { VmError } from '../errors.ts';
import type { LoadedFunction } from '../loader.ts';
import { address, hash as suiHash, ed25519 } from './crypto.ts';
import { dynamicField } from './dynamic-field.ts';
import type { NativeFunction, NativeModule } from './native.ts';
import { event, object, transfer, txContext, types } from './object.ts';
import { bcs, debug, hash, string, typeName } from './std.ts';
import { vector } from './vector.ts';

const MODULES: Readonly<Record<string, NativeModule>> = {
  [`${STD}::bcs`]: bcs,
  [`${STD}::debug`]: debug,
  [`${STD}::hash`]: hash,
  [`${STD}::string`]: string,
  [`${STD}::type_name`]: typeName,
  [`${STD}::vector`]: vector,
  [`${SUI}::address`]: address,
  [`${SUI}::dynamic_field`]: dynamicField,
  [`${SUI}::ed25519`]: ed25519,
  [`${SUI}::event`]: event,
  [`${SUI}::hash`]: suiHash,
  [`${SUI}::object`]: object,
  [`${SUI}::transfer`]: transfer,
  [`${SUI}::tx_context`]: txContext,
  [`${SUI}::types`]: types,
};

const found = new WeakMap<LoadedFunction, NativeFunction>();

/** The implementation of a native function. Throws VmError `unsupported`. */
export function nativeFunction(fn: LoadedFunction): NativeFunction {
  const known = found.get(fn);
  if (known !== undefined) return known;
  const { address: home, name: module } = fn.module.id;
  const functions = MODULES[`${home}::${module}`];
  const implementation =
    functions !== undefined && Object.hasOwn(functions, fn.name) ? functions[fn.name] : undefined;
  if (implementation === undefined) {
    throw new VmError('unsupported', `native function ${home}::${module}::${fn.name}`);
  }
  found.set(fn, implementation);
  return implementation;
}
