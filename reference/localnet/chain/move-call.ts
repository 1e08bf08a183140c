import { ABILITY } from '../vm/index.ts';
import type { AbilitySet, FunctionInfo, PackageStore, Ref, TypeTag, Value } from '../vm/index.ts';
import { isVmFailure } from '../vm/index.ts';
import { byReference, byValue, resolve, slotType } from './arguments.ts';
import type { Slot, TypedValue } from './arguments.ts';
import { argumentError, ExecutionFailure } from './errors.ts';
import type { ExecutionError } from './errors.ts';
import type { Program } from './program.ts';
import type { Argument, Command } from './transaction.ts';
import { instantiate, isTxContext, parseTypeName } from './type-tags.ts';
import { plainFailure } from './vm-failure.ts';

type MoveCall = NonNullable<Command['MoveCall']>;
type Mutated = TypedValue & { readonly argument: Argument };

/**
 * Calls a function with a command's arguments.
 * @returns Its results, and the values behind its `&mut` arguments.
 */
export function callFunction(program: Program, call: MoveCall): [TypedValue[], Mutated[]] {
  const target = { package: call.package, module: call.module, function: call.function };
  const found = program.packages.function(target);
  if (found === undefined) {
    throw plainFailure(
      'FunctionNotFound',
      `Function Not Found: ${call.package}::${call.module}::${call.function}`,
    );
  }
  checkVisibility(program, found);
  const typeArgs = readTypeArguments(program.packages, found, call.typeArguments);
  const { values, borrowed } = readArguments(program, found, typeArgs, call.arguments as readonly Argument[]);
  program.state.callee = target;
  const { returns } = program.session.call(target, typeArgs, values);
  return [
    returns.map(({ type, value }) => ({ type: instantiate(type, typeArgs), value })),
    borrowed.map(({ argument, type, ref }) => ({ argument, type, value: ref.get() })),
  ];
}

function checkVisibility(program: Program, found: FunctionInfo): void {
  if (found.returns.some((type) => type.kind === 'reference')) {
    throw new ExecutionFailure(
      {
        $kind: 'InvalidPublicFunctionReturnType',
        InvalidPublicFunctionReturnType: { idx: 0 },
      } as unknown as ExecutionError,
      'Invalid Public Move Function Signature. Unsupported return type for return value 0',
    );
  }
  if (program.lenient || found.visibility === 'public' || found.entry) return;
  throw plainFailure(
    'NonEntryFunctionInvoked',
    'Non Entry Function Invoked. Move Call must start with an entry function',
  );
}

function readTypeArguments(packages: PackageStore, found: FunctionInfo, names: readonly string[]): TypeTag[] {
  if (names.length !== found.typeParameters.length) {
    throw plainFailure(
      'TypeArityMismatch',
      'Type arity mismatch. Mismatch between the number of actual versus expected type arguments.',
    );
  }
  return names.map((name, index) => {
    const type = parseTypeName(name);
    const abilities = type && abilitiesOf(packages, type);
    if (type === undefined || abilities === undefined) throw typeArgumentError(index, 'TypeNotFound');
    const wanted = found.typeParameters[index] as AbilitySet;
    if ((abilities & wanted) !== wanted) throw typeArgumentError(index, 'ConstraintNotSatisfied');
    return type;
  });
}

function abilitiesOf(packages: PackageStore, type: TypeTag): AbilitySet | undefined {
  try {
    return packages.abilities(type);
  } catch (error) {
    if (isVmFailure(error)) return undefined;
    throw error;
  }
}

function typeArgumentError(argumentIdx: number, kind: string): ExecutionFailure {
  return new ExecutionFailure(
    {
      $kind: 'TypeArgumentError',
      TypeArgumentError: { argumentIdx, kind: { $kind: kind, [kind]: true } },
    } as unknown as ExecutionError,
    `Error for type argument at index ${argumentIdx}: ${kind}`,
  );
}

interface Borrowed {
  readonly argument: Argument;
  readonly type: TypeTag;
  readonly ref: Ref;
}

function readArguments(
  program: Program,
  found: FunctionInfo,
  typeArgs: readonly TypeTag[],
  args: readonly Argument[],
): { values: Value[]; borrowed: Borrowed[] } {
  const last = found.parameters.at(-1);
  const parameters =
    last !== undefined && isTxContext(last) ? found.parameters.slice(0, -1) : found.parameters;
  if (args.length !== parameters.length) {
    throw plainFailure(
      'ArityMismatch',
      'Arity mismatch for Move function. The number of arguments does not match the number of parameters',
    );
  }
  const restricted = found.entry && found.visibility !== 'public' && !program.lenient;
  const borrowed: Borrowed[] = [];
  const uses = new Map<Slot, 'shared' | 'exclusive'>();
  const values = args.map((argument, index): Value => {
    const parameter = parameters[index] as FunctionInfo['parameters'][number];
    const slot = resolve(program, argument, index);
    if (restricted) checkPrivateEntry(program.packages, slot, index);
    const type = instantiate(parameter.kind === 'reference' ? parameter.to : parameter, typeArgs);
    if (parameter.kind !== 'reference') {
      if (uses.has(slot) && !isCopyable(program.packages, type))
        throw argumentError(index, 'CannotMoveBorrowedValue');
      return byValue(program, slot, type, index);
    }
    claim(uses, slot, parameter.mutable, index);
    const ref = byReference(program, slot, type, parameter.mutable, index);
    if (parameter.mutable) borrowed.push({ argument, type, ref });
    return ref;
  });
  return { values, borrowed };
}

/** A place may be read by many references, or written by one, within a command. */
function claim(uses: Map<Slot, 'shared' | 'exclusive'>, slot: Slot, mutable: boolean, index: number): void {
  const before = uses.get(slot);
  if (slot.kind !== 'pure' && before !== undefined && (mutable || before === 'exclusive')) {
    throw argumentError(index, 'InvalidReferenceArgument');
  }
  uses.set(slot, mutable ? 'exclusive' : 'shared');
}

/** A private entry function takes nothing that another command could force the caller to hand on. */
function checkPrivateEntry(packages: PackageStore, slot: Slot, index: number): void {
  const type = slot.kind === 'result' ? slotType(slot) : undefined;
  if (type !== undefined && (packages.abilities(type) & (ABILITY.drop | ABILITY.key)) === 0) {
    throw argumentError(index, 'InvalidArgumentToPrivateEntryFunction');
  }
}

function isCopyable(packages: PackageStore, type: TypeTag): boolean {
  return (packages.abilities(type) & ABILITY.copy) !== 0;
}
