import { STD, SUI } from '../address.ts';
import type { LoadedFunction, LoadedModule } from '../loader.ts';
import { malformed } from '../pools.ts';
import type { LoadedPackage } from '../store.ts';
import type { DatatypeInfo, SignatureType } from '../types.ts';
import { ABILITY } from '../types.ts';

/** Functions of `sui` that only a type's own module may call with it. */
const PRIVATE_GENERICS: Readonly<Record<string, readonly string[]>> = {
  transfer: ['transfer', 'share_object', 'freeze_object', 'receive', 'party_transfer'],
  event: ['emit'],
};

/** What Sui demands beyond Move itself. */
export function checkSuiRules(loaded: LoadedPackage, module: LoadedModule): void {
  for (const type of module.datatypes) checkObjectType(type);
  for (const fn of module.functions) {
    const framework = loaded.originalId === STD || loaded.originalId === SUI;
    if (fn.native && !framework) malformed(`native function ${fn.name} outside the framework`);
    if (fn.name === 'init') checkInit(fn);
    checkPrivateGenerics(module, fn);
  }
}

function isSui(type: SignatureType | undefined, module: string, name: string): boolean {
  return type?.kind === 'struct' && type.address === SUI && type.module === module && type.name === name;
}

function checkObjectType(type: DatatypeInfo): void {
  if ((type.abilities & ABILITY.key) === 0) return;
  if (type.kind === 'enum') malformed(`enum ${type.name} has key`);
  const [first] = type.fields;
  if (first?.name !== 'id' || !isSui(first.type, 'object', 'UID')) {
    malformed(`${type.name} has key but its first field is not id: UID`);
  }
}

/** `fun init(ctx: &mut TxContext)` or with a one-time witness before it. */
function checkInit(fn: LoadedFunction): void {
  const context = fn.parameters.at(-1);
  const ok =
    fn.visibility === 'private' &&
    !fn.entry &&
    fn.typeParameters.length === 0 &&
    fn.returns.length === 0 &&
    (fn.parameters.length === 1 || fn.parameters.length === 2) &&
    context?.kind === 'reference' &&
    isSui(context.to, 'tx_context', 'TxContext');
  if (!ok) malformed('init has another shape than init(witness?, &mut TxContext)');
}

function checkPrivateGenerics(module: LoadedModule, fn: LoadedFunction): void {
  for (const instruction of fn.code ?? []) {
    if (instruction.op !== 'call' || instruction.target.address !== SUI) continue;
    const { target, typeArgs } = instruction;
    if (module.id.address === SUI && module.name === target.module) continue;
    const restricted = Object.hasOwn(PRIVATE_GENERICS, target.module)
      ? PRIVATE_GENERICS[target.module]
      : undefined;
    if (restricted?.includes(target.name) !== true) continue;
    const [type] = typeArgs;
    const own =
      type?.kind === 'struct' &&
      module.pools.datatypes.some(
        (handle) =>
          handle.owner === module.id && handle.address === type.address && handle.name === type.name,
      );
    if (!own) malformed(`${fn.name} calls ${target.module}::${target.name} with a type of another module`);
  }
}
