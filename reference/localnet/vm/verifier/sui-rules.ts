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
  const framework = isFramework(loaded);
  const witness = framework ? undefined : module.datatypes.find((type) => isWitness(module, type));
  for (const fn of module.functions) {
    if (fn.native && !framework) malformed(`native function ${fn.name} outside the framework`);
    if (fn.name === 'init') checkInit(fn, witness);
    if (witness !== undefined) checkNotMade(fn, witness);
    checkPrivateGenerics(module, fn);
  }
}

export function isFramework({ originalId }: LoadedPackage): boolean {
  return originalId === STD || originalId === SUI;
}

/** A one-time witness: named as its module in capitals, with drop and nothing else, and empty but for the compiler's filler. */
function isWitness(module: LoadedModule, type: DatatypeInfo): boolean {
  return (
    type.kind === 'struct' &&
    type.name === module.name.toUpperCase() &&
    type.abilities === ABILITY.drop &&
    type.typeParameters.length === 0 &&
    type.fields.length === 1 &&
    type.fields[0]?.type.kind === 'bool'
  );
}

function isOf(type: SignatureType | undefined, wanted: DatatypeInfo): boolean {
  return (
    type?.kind === 'struct' &&
    type.address === wanted.address &&
    type.module === wanted.module &&
    type.name === wanted.name
  );
}

/** The chain makes the only one, for `init`. */
function checkNotMade(fn: LoadedFunction, witness: DatatypeInfo): void {
  const made = fn.code?.some((instruction) => instruction.op === 'pack' && isOf(instruction.type, witness));
  if (made === true) malformed(`${fn.name} makes the one-time witness ${witness.name}`);
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

/** `fun init(ctx: &mut TxContext)`, or with the one-time witness before it where the module has one. */
function checkInit(fn: LoadedFunction, witness: DatatypeInfo | undefined): void {
  const context = fn.parameters.at(-1);
  const ok =
    fn.visibility === 'private' &&
    !fn.entry &&
    fn.typeParameters.length === 0 &&
    fn.returns.length === 0 &&
    fn.parameters.length === (witness === undefined ? 1 : 2) &&
    (witness === undefined || isOf(fn.parameters[0], witness)) &&
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
