import type { FunctionHandle } from '../ir.ts';
import { VmError } from '../errors.ts';
import type { LoadedFunction } from '../loader.ts';
import type { Machine, Step } from '../machine.ts';
import type { LoadedPackage, ModuleStore } from '../store.ts';
import { instantiate, isConcrete } from '../type-tag.ts';
import type { SignatureType, TypeTag } from '../types.ts';

export function callStep(
  store: ModuleStore,
  caller: LoadedFunction,
  target: FunctionHandle,
  typeArgs: readonly SignatureType[],
): Step {
  const find = targetFinder(caller, target);
  const fill = typeArgFiller(store, typeArgs);
  return (machine, frame) => {
    machine.invoke(find(machine), fill(frame.typeArgs));
  };
}

/** Code of one package runs under the linkage of whichever package was called from outside. */
function targetFinder(caller: LoadedFunction, target: FunctionHandle): (machine: Machine) => LoadedFunction {
  if (target.address === caller.module.id.address && target.module === caller.module.name) {
    const found = caller.module.function(target.name);
    return () => found ?? missing(target);
  }
  let knownRoot: LoadedPackage | undefined;
  let known: LoadedFunction | undefined;
  return (machine) => {
    if (known === undefined || machine.root !== knownRoot) {
      const root = machine.root as LoadedPackage;
      known = machine.store.linked(root, target.address).modules.get(target.module)?.function(target.name);
      knownRoot = root;
    }
    return known ?? missing(target);
  };
}

function missing(target: FunctionHandle): never {
  throw new VmError('missing', `no function ${target.address}::${target.module}::${target.name}`);
}

/** Fills the caller's type arguments into those of the call. Equal input arrays give the same output array. */
function typeArgFiller(
  store: ModuleStore,
  typeArgs: readonly SignatureType[],
): (outer: readonly TypeTag[]) => readonly TypeTag[] {
  if (typeArgs.every(isConcrete)) {
    const fixed = store.internTypes(typeArgs as readonly TypeTag[]);
    return () => fixed;
  }
  let lastOuter: readonly TypeTag[] | undefined;
  let last: readonly TypeTag[] = [];
  return (outer) => {
    if (outer !== lastOuter) {
      last = store.internTypes(typeArgs.map((type) => instantiate(type, outer)));
      lastOuter = outer;
    }
    return last;
  };
}
