import { ABILITY, copyValue, Ref } from '../vm/index.ts';
import type { Address, PackageStore, SignatureType, StructTag, TypeTag, Value } from '../vm/index.ts';
import { argumentError, ExecutionFailure } from './errors.ts';
import type { ExecutionState } from './execution-state.ts';
import type { ChainObject, MoveData } from './object.ts';
import { decodePure } from './pure.ts';
import type { Argument } from './transaction.ts';
import { coinTypeOf, sameType, SUI_ADDRESS, suiStruct } from './type-tags.ts';

/** A place that arguments can name: an input, the gas coin, or one result of a command. */
export type Slot =
  | { readonly kind: 'pure'; readonly bytes: Uint8Array }
  | { readonly kind: 'receiving'; readonly object: ChainObject; taken: boolean }
  | {
      readonly kind: 'object';
      readonly id: Address;
      readonly type: StructTag;
      readonly mutable: boolean;
      readonly frozen: boolean;
      readonly gas: boolean;
      taken: boolean;
    }
  | { readonly kind: 'result'; readonly type: TypeTag; cell: Ref | undefined };

/** A value with its type, as commands pass it on. */
export interface TypedValue {
  readonly type: TypeTag;
  readonly value: Value;
}

export interface ArgumentHost {
  readonly state: ExecutionState;
  readonly packages: PackageStore;
  readonly inputs: readonly Slot[];
  readonly gas: Slot | undefined;
  readonly results: readonly (readonly Slot[])[];
}

/** The place an argument names. `index` is the argument's position in its command. Throws ExecutionFailure. */
export function resolve(host: ArgumentHost, argument: Argument, index: number): Slot {
  switch (argument.$kind) {
    case 'GasCoin':
      if (host.gas === undefined) throw argumentError(index, 'ArgumentWithoutValue');
      return host.gas;
    case 'Input':
      return (
        host.inputs[argument.Input] ??
        outOfBounds(index, { $kind: 'IndexOutOfBounds', IndexOutOfBounds: { idx: argument.Input } })
      );
    case 'Result': {
      const results = host.results[argument.Result];
      if (results === undefined)
        return outOfBounds(index, { $kind: 'IndexOutOfBounds', IndexOutOfBounds: { idx: argument.Result } });
      if (results.length !== 1)
        return outOfBounds(index, {
          $kind: 'InvalidResultArity',
          InvalidResultArity: { resultIdx: argument.Result },
        });
      return results[0] as Slot;
    }
    case 'NestedResult': {
      const [command, result] = argument.NestedResult;
      const results = host.results[command];
      if (results === undefined)
        return outOfBounds(index, { $kind: 'IndexOutOfBounds', IndexOutOfBounds: { idx: command } });
      return (
        results[result] ??
        outOfBounds(index, {
          $kind: 'SecondaryIndexOutOfBounds',
          SecondaryIndexOutOfBounds: { resultIdx: command, secondaryIdx: result },
        })
      );
    }
  }
}

function outOfBounds(argIdx: number, kind: { readonly $kind: string } & Record<string, unknown>): never {
  throw new ExecutionFailure(
    { $kind: 'CommandArgumentError', CommandArgumentError: { argIdx, kind } } as never,
    `Invalid command argument at ${argIdx}. ${kind.$kind}`,
  );
}

/** Type of what a slot holds; undefined for bytes, which take the type of their parameter. */
export function slotType(slot: Slot): TypeTag | undefined {
  switch (slot.kind) {
    case 'pure':
      return undefined;
    case 'receiving':
      return suiStruct('transfer', 'Receiving', (slot.object.data as MoveData).type);
    default:
      return slot.type;
  }
}

/** Takes (or copies, where the type may be copied) a value of a known type out of a slot. */
export function byValue(host: ArgumentHost, slot: Slot, type: TypeTag, index: number): Value {
  switch (slot.kind) {
    case 'pure':
      return decodePure(host.packages, type, slot.bytes, index);
    case 'receiving':
      return takeReceiving(slot, type, index);
    case 'object':
      if (!sameType(slot.type, type)) throw argumentError(index, 'TypeMismatch');
      if (slot.gas) throw argumentError(index, 'InvalidGasCoinUsage');
      return takeObject(host, slot, index);
    case 'result': {
      if (!sameType(slot.type, type)) throw argumentError(index, 'TypeMismatch');
      return takeResult(host, slot, index);
    }
  }
}

/** The same without an expected type: objects and results say their own. */
export function anyByValue(host: ArgumentHost, slot: Slot, index: number, gasAllowed = false): TypedValue {
  if (slot.kind === 'object') {
    if (slot.gas && !gasAllowed) throw argumentError(index, 'InvalidGasCoinUsage');
    return { type: slot.type, value: takeObject(host, slot, index) };
  }
  if (slot.kind === 'result') return { type: slot.type, value: takeResult(host, slot, index) };
  throw argumentError(index, 'TypeMismatch');
}

/** A reference to what a slot holds. Throws ExecutionFailure when it may not be borrowed like that. */
export function byReference(
  host: ArgumentHost,
  slot: Slot,
  type: TypeTag,
  mutable: boolean,
  index: number,
): Ref {
  switch (slot.kind) {
    case 'pure':
      return Ref.to(decodePure(host.packages, type, slot.bytes, index));
    case 'receiving':
      throw argumentError(index, 'TypeMismatch');
    case 'object': {
      if (!sameType(slot.type, type)) throw argumentError(index, 'TypeMismatch');
      if (mutable && !slot.mutable) throw argumentError(index, 'InvalidObjectByMutRef');
      const cell = slot.taken ? undefined : host.state.borrow(slot.id);
      if (cell === undefined) throw argumentError(index, 'ArgumentWithoutValue');
      return cell;
    }
    case 'result':
      if (!sameType(slot.type, type)) throw argumentError(index, 'TypeMismatch');
      if (slot.cell === undefined) throw argumentError(index, 'ArgumentWithoutValue');
      return slot.cell;
  }
}

function takeReceiving(slot: Slot & { kind: 'receiving' }, type: TypeTag, index: number): Value {
  const expected = slotType(slot) as TypeTag;
  if (!sameType(expected, type)) throw argumentError(index, 'TypeMismatch');
  if (slot.taken) throw argumentError(index, 'ArgumentWithoutValue');
  slot.taken = true;
  return [[slot.object.id], slot.object.version];
}

function takeObject(host: ArgumentHost, slot: Slot & { kind: 'object' }, index: number): Value {
  if (slot.frozen || !slot.mutable) throw argumentError(index, 'InvalidObjectByValue');
  const value = slot.taken ? undefined : host.state.take(slot.id);
  if (value === undefined) throw argumentError(index, 'ArgumentWithoutValue');
  slot.taken = true;
  return value;
}

function takeResult(host: ArgumentHost, slot: Slot & { kind: 'result' }, index: number): Value {
  if (slot.cell === undefined) throw argumentError(index, 'ArgumentWithoutValue');
  const value = slot.cell.get();
  if ((host.packages.abilities(slot.type) & ABILITY.copy) !== 0) {
    return copyValue(value);
  }
  slot.cell = undefined;
  return value;
}

/** True for `0x2::transfer::Receiving<T>`. */
export function isReceivingType(type: SignatureType): boolean {
  return (
    type.kind === 'struct' &&
    type.address === SUI_ADDRESS &&
    type.module === 'transfer' &&
    type.name === 'Receiving'
  );
}

/** Type of the coins in a slot. Throws ExecutionFailure when it holds no coin. */
export function coinSlotType(slot: Slot, index: number): StructTag {
  const type = slotType(slot);
  if (type === undefined || coinTypeOf(type) === undefined) throw argumentError(index, 'TypeMismatch');
  return type as StructTag;
}
