import { ABILITY, isVmFailure, Ref } from '../vm/index.ts';
import type { Address, PackageStore, StructTag, TypeTag, Value, VmSession } from '../vm/index.ts';
import { byValue, byReference, anyByValue, coinSlotType, resolve } from './arguments.ts';
import type { ArgumentHost, Slot, TypedValue } from './arguments.ts';
import { argumentError, ExecutionFailure } from './errors.ts';
import type { ExecutionState } from './execution-state.ts';
import type { LoadedInput } from './inputs.ts';
import { callFunction } from './move-call.ts';
import type { MoveData, PackageData } from './object.ts';
import { publishPackage, upgradePackage } from './publish.ts';
import type { Argument, Command, ProgrammableTransaction } from './transaction.ts';
import { ADDRESS_TYPE, parseTypeName, U64_TYPE } from './type-tags.ts';
import { executionFailure } from './vm-failure.ts';

export interface ProgramOptions {
  readonly state: ExecutionState;
  readonly packages: PackageStore;
  readonly session: VmSession;
  readonly program: ProgrammableTransaction;
  readonly inputs: readonly LoadedInput[];
  readonly gasCoin: { readonly id: Address; readonly type: StructTag } | undefined;
  /** The object of a package, live or made by this transaction. */
  readonly storedPackage: (id: Address) => StoredPackage | undefined;
  /** Any function may be called and results may be left over: simulation with its checks disabled. */
  readonly lenient: boolean;
  /** Keep what commands return: costs time, and only simulations show it. */
  readonly capture: boolean;
}

/** A package on the chain with its version. */
export interface StoredPackage {
  readonly id: Address;
  readonly version: bigint;
  readonly data: PackageData;
}

/** A value as it was when its command ended. */
export interface CapturedValue {
  readonly type: TypeTag;
  readonly bcs: Uint8Array;
}

/** What one command returned and what it left in its mutable reference arguments. */
export interface CommandOutput {
  readonly returns: readonly CapturedValue[];
  readonly mutated: readonly (CapturedValue & { readonly argument: Argument })[];
}

type MutatedValue = TypedValue & { readonly argument: Argument };

/** Runs the commands of one transaction. */
export class Program implements ArgumentHost {
  readonly state: ExecutionState;
  readonly packages: PackageStore;
  readonly session: VmSession;
  readonly inputs: readonly Slot[];
  readonly gas: Slot | undefined;
  readonly results: Slot[][] = [];
  /** Packages that were loaded and must be unloaded again when the transaction fails. */
  readonly newPackages: Address[] = [];
  readonly storedPackage: (id: Address) => StoredPackage | undefined;
  readonly lenient: boolean;
  readonly #program: ProgrammableTransaction;
  readonly #capture: boolean;
  readonly #outputs: CommandOutput[] = [];

  constructor(options: ProgramOptions) {
    this.state = options.state;
    this.packages = options.packages;
    this.session = options.session;
    this.lenient = options.lenient;
    this.storedPackage = options.storedPackage;
    this.#program = options.program;
    this.#capture = options.capture;
    this.inputs = options.inputs.map(toSlot);
    this.gas = options.gasCoin && {
      kind: 'object',
      ...options.gasCoin,
      mutable: true,
      frozen: false,
      gas: true,
      taken: false,
    };
  }

  /**
   * Runs everything. Throws ExecutionFailure with the index of the command that failed.
   * @returns One output a command when captured, otherwise nothing.
   */
  run(): readonly CommandOutput[] {
    for (const [index, command] of this.#program.commands.entries()) {
      try {
        this.#runCommand(command);
      } catch (error) {
        const failure = isVmFailure(error) ? executionFailure(error) : error;
        if (failure instanceof ExecutionFailure) failure.command = index;
        throw failure;
      }
    }
    if (!this.lenient) this.#checkLeftOvers();
    return this.#outputs;
  }

  #runCommand(command: Command): void {
    switch (command.$kind) {
      case 'MoveCall':
        return this.finish(...callFunction(this, command.MoveCall));
      case 'TransferObjects':
        return this.#transferObjects(command.TransferObjects);
      case 'SplitCoins':
        return this.#splitCoins(command.SplitCoins);
      case 'MergeCoins':
        return this.#mergeCoins(command.MergeCoins);
      case 'MakeMoveVec':
        return this.#makeMoveVec(command.MakeMoveVec);
      case 'Publish':
        return this.finish([publishPackage(this, command.Publish)]);
      case 'Upgrade':
        return this.finish([upgradePackage(this, command.Upgrade)]);
    }
  }

  /** Records a command's results so that later commands can name them. */
  finish(returns: readonly TypedValue[], mutated: readonly MutatedValue[] = []): void {
    this.results.push(returns.map(({ type, value }) => ({ kind: 'result', type, cell: Ref.to(value) })));
    if (!this.#capture) return;
    const bcs = ({ type, value }: TypedValue): Uint8Array => this.packages.serialize(type, value);
    this.#outputs.push({
      returns: returns.map((item) => ({ type: item.type, bcs: bcs(item) })),
      mutated: mutated.map((item) => ({ argument: item.argument, type: item.type, bcs: bcs(item) })),
    });
  }

  #transferObjects(command: NonNullable<Command['TransferObjects']>): void {
    const objects = (command.objects as readonly Argument[]).map((argument, index) => {
      const { type, value } = anyByValue(this, resolve(this, argument, index), index, true);
      const wanted = ABILITY.key | ABILITY.store;
      if (type.kind !== 'struct' || (this.packages.abilities(type) & wanted) !== wanted) {
        throw argumentError(index, 'InvalidTransferObject');
      }
      return { type, value: value as Value[] };
    });
    const last = command.objects.length;
    const slot = resolve(this, command.address as Argument, last);
    const address = byValue(this, slot, ADDRESS_TYPE, last) as Address;
    for (const { type, value } of objects) this.state.transfer(type, value, { kind: 'address', address });
    this.finish([]);
  }

  #splitCoins(command: NonNullable<Command['SplitCoins']>): void {
    const slot = resolve(this, command.coin as Argument, 0);
    const type = coinSlotType(slot, 0);
    const coin = byReference(this, slot, type, true, 0).get() as Value[];
    const amounts = (command.amounts as readonly Argument[]).map(
      (argument, index) => byValue(this, resolve(this, argument, index + 1), U64_TYPE, index + 1) as bigint,
    );
    const parts = amounts.map((amount): TypedValue => {
      const balance = coin[1] as Value[];
      if ((balance[0] as bigint) < amount) {
        throw new ExecutionFailure(
          { $kind: 'InsufficientCoinBalance', InsufficientCoinBalance: true } as never,
          'Insufficient coin balance for operation.',
        );
      }
      balance[0] = (balance[0] as bigint) - amount;
      return { type, value: [[[this.state.freshId()]], [amount]] };
    });
    this.finish(parts, [{ argument: command.coin as Argument, type, value: coin }]);
  }

  #mergeCoins(command: NonNullable<Command['MergeCoins']>): void {
    const slot = resolve(this, command.destination as Argument, 0);
    const type = coinSlotType(slot, 0);
    const target = byReference(this, slot, type, true, 0).get() as Value[];
    for (const [index, argument] of (command.sources as readonly Argument[]).entries()) {
      const source = byValue(this, resolve(this, argument, index + 1), type, index + 1) as Value[];
      const balance = target[1] as Value[];
      const sum = (balance[0] as bigint) + ((source[1] as Value[])[0] as bigint);
      if (sum > 0xffff_ffff_ffff_ffffn) {
        throw new ExecutionFailure(
          { $kind: 'CoinBalanceOverflow', CoinBalanceOverflow: true } as never,
          'Coin balance overflow',
        );
      }
      balance[0] = sum;
      this.state.deleteId(((source[0] as Value[])[0] as Value[])[0] as Address);
    }
    this.finish([], [{ argument: command.destination as Argument, type, value: target }]);
  }

  #makeMoveVec(command: NonNullable<Command['MakeMoveVec']>): void {
    const elements = command.elements as readonly Argument[];
    let of: TypeTag | undefined = command.type === null ? undefined : parseTypeName(command.type);
    const values = elements.map((argument, index) => {
      const slot = resolve(this, argument, index);
      if (of !== undefined) return byValue(this, slot, of, index);
      const { type, value } = anyByValue(this, slot, index);
      if ((this.packages.abilities(type) & ABILITY.key) === 0) {
        throw argumentError(index, 'InvalidMakeMoveVecNonObjectArgument');
      }
      of = type;
      return value;
    });
    if (of === undefined) throw argumentError(0, 'TypeMismatch', 'an empty vector needs its type');
    this.finish([{ type: { kind: 'vector', of }, value: values }]);
  }

  /** Results that nobody used must be droppable. */
  #checkLeftOvers(): void {
    for (const [resultIdx, slots] of this.results.entries()) {
      for (const [secondaryIdx, slot] of slots.entries()) {
        if (slot.kind !== 'result' || slot.cell === undefined) continue;
        if ((this.packages.abilities(slot.type) & ABILITY.drop) !== 0) continue;
        throw new ExecutionFailure(
          { $kind: 'UnusedValueWithoutDrop', UnusedValueWithoutDrop: { resultIdx, secondaryIdx } } as never,
          `Unused result without the drop ability. Command result ${resultIdx}, return value ${secondaryIdx}`,
        );
      }
    }
  }
}

function toSlot(input: LoadedInput): Slot {
  switch (input.kind) {
    case 'pure':
      return input;
    case 'receiving':
      return { ...input, taken: false };
    case 'object': {
      const { object, mutable } = input;
      return {
        kind: 'object',
        id: object.id,
        type: (object.data as MoveData).type,
        mutable,
        frozen: object.owner.kind === 'immutable',
        gas: false,
        taken: false,
      };
    }
  }
}
