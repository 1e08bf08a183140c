import type { SessionOptions, VmSession } from './api.ts';
import { SUI } from './address.ts';
import { VmError } from './errors.ts';
import type { LoadedFunction } from './loader.ts';
import { Machine } from './machine.ts';
import { txContextValue } from './natives/object.ts';
import { ModuleStore } from './store.ts';
import { checkTypeSize, substitute } from './type-tag.ts';
import type { AbilitySet, CallResult, FunctionRef, SignatureType, TypeTag, Value } from './types.ts';
import { Ref } from './types.ts';

/** A session for one transaction. `store` must be a ModuleStore. */
export function createSession(options: SessionOptions): VmSession {
  const { store, natives, gas } = options;
  if (!(store instanceof ModuleStore)) throw new VmError('type_mismatch', 'a session needs a ModuleStore');
  const machine = new Machine(store, natives, gas);
  /** One cell for all calls, as it is one object for all calls of a transaction. */
  let txContext: Ref | undefined;

  return {
    call(target: FunctionRef, typeArgs: readonly TypeTag[], args: readonly Value[]): CallResult {
      const root = store.package(target.package);
      const fn = store.function(target);
      const name = `${target.package}::${target.module}::${target.function}`;
      if (root === undefined || fn === undefined) throw new VmError('missing', `no function ${name}`);
      checkTypeArgs(store, fn, typeArgs, name);
      const given = [...args];
      if (given.length === fn.parameters.length - 1 && isTxContext(fn.parameters.at(-1))) {
        txContext ??= Ref.to(txContextValue({ machine }));
        given.push(txContext);
      }
      checkArgs(fn, given, name);
      const before = gas.used;
      const types = store.internTypes(typeArgs);
      const values = machine.run(root, fn, types, given);
      const returns = fn.returns.map((type, i) => ({
        type: substitute(type, types),
        value: values[i] as Value,
      }));
      return { returns, gasUsed: gas.used - before };
    },
  };
}

function isTxContext(type: SignatureType | undefined): boolean {
  if (type?.kind !== 'reference' || type.to.kind !== 'struct') return false;
  const { address, module, name } = type.to;
  return address === SUI && module === 'tx_context' && name === 'TxContext';
}

function checkTypeArgs(
  store: ModuleStore,
  fn: LoadedFunction,
  typeArgs: readonly TypeTag[],
  name: string,
): void {
  if (typeArgs.length !== fn.typeParameters.length) {
    const wanted = fn.typeParameters.length;
    throw new VmError('type_mismatch', `${name} takes ${wanted} type arguments, not ${typeArgs.length}`);
  }
  for (const [i, type] of typeArgs.entries()) {
    checkTypeSize(type);
    store.layout(type);
    const wanted: AbilitySet = fn.typeParameters[i] ?? 0;
    if ((store.abilities(type) & wanted) !== wanted) {
      throw new VmError('type_mismatch', `type argument ${i} of ${name} lacks an ability`);
    }
  }
}

/** Values carry no types, so only number and kind can be checked; the caller answers for the rest. */
function checkArgs(fn: LoadedFunction, args: readonly Value[], name: string): void {
  if (args.length !== fn.parameters.length) {
    throw new VmError('type_mismatch', `${name} takes ${fn.parameters.length} arguments, not ${args.length}`);
  }
  for (const [i, type] of fn.parameters.entries()) {
    if ((type.kind === 'reference') !== args[i] instanceof Ref) {
      throw new VmError(
        'type_mismatch',
        `argument ${i} of ${name} should ${type.kind === 'reference' ? '' : 'not '}be a Ref`,
      );
    }
  }
}
