import type {
  Address,
  GasMeterApi,
  NativeContext,
  PackageStore,
  TxContextInfo,
  Value,
  VmSession,
} from '../vm/index.ts';
import { balanceChanges } from './balance-changes.ts';
import type { BalanceChange } from './balance-changes.ts';
import type { Digest } from './bytes.ts';
import { typedDigest } from './digest.ts';
import { encodeEffects, eventsDigest } from './effects.ts';
import type { EffectsData, ObjectChange, ReadObject } from './effects.ts';
import { ExecutionFailure } from './errors.ts';
import { ExecutionState } from './execution-state.ts';
import type { EmittedEvent, ExecutionOutcome, WrittenObject } from './execution-state.ts';
import { computationCharge, gasCost, gasMeter, netGas, storageCharge } from './gas.ts';
import type { GasCost } from './gas.ts';
import type { LoadedInputs } from './inputs.ts';
import { ChainObject, consensusStart, storedSize } from './object.ts';
import type { MoveData, Owner } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import { Program } from './program.ts';
import type { CommandOutput } from './program.ts';
import type { ProgrammableTransaction } from './transaction.ts';
import { SUI_COIN_TYPE } from './type-tags.ts';
import { plainFailure } from './vm-failure.ts';

export type SessionFactory = (natives: NativeContext, gas: GasMeterApi) => VmSession;

export interface ExecutorOptions {
  readonly store: ObjectStore;
  readonly packages: PackageStore;
  readonly session: SessionFactory;
}

export interface ExecutionRequest {
  readonly program: ProgrammableTransaction;
  readonly loaded: LoadedInputs;
  /** A fresh one for this execution. */
  readonly txContext: TxContextInfo;
  readonly transactionDigest: Digest;
  readonly lenient: boolean;
  readonly capture: boolean;
}

/** Everything one execution led to. Nothing of it is in the store yet. */
export interface ExecutionResult {
  readonly effects: EffectsData;
  readonly effectsBcs: Uint8Array;
  readonly effectsDigest: Digest;
  readonly events: readonly EmittedEvent[];
  readonly balanceChanges: readonly BalanceChange[];
  readonly outputs: readonly CommandOutput[];
  /** Packages loaded into the machine; the caller unloads them when the result is not committed. */
  readonly newPackages: readonly Address[];
}

interface Attempt {
  readonly outcome: ExecutionOutcome;
  readonly state: ExecutionState;
  readonly outputs: readonly CommandOutput[];
  readonly failure: ExecutionFailure | undefined;
  readonly newPackages: readonly Address[];
}

const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Runs transactions whose inputs were checked, against a store that it does not change. */
export class Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  execute(request: ExecutionRequest): ExecutionResult {
    const { gasPrice, gasBudget } = request.txContext;
    const meter = gasMeter(gasBudget, gasPrice);
    const idsBefore = request.txContext.idsCreated;
    let attempt = this.#attempt(request, meter);
    let computation = computationCharge(meter.used, gasPrice);
    if (attempt.failure?.status.$kind === 'InsufficientGas') computation = gasBudget;
    let cost = this.#cost(attempt, computation, request);
    const overspent = cost.computationCost + max(0n, cost.storageCost - cost.storageRebate) > gasBudget;
    if (attempt.failure === undefined && overspent) {
      this.unload(attempt.newPackages);
      request.txContext.idsCreated = idsBefore;
      attempt = this.#fail(request, plainFailure('InsufficientGas', 'Insufficient Gas.'));
      computation = gasBudget;
      cost = this.#cost(attempt, computation, request);
    }
    if (
      attempt.failure !== undefined &&
      cost.computationCost + cost.storageCost - cost.storageRebate > gasBudget
    ) {
      computation = max(0n, gasBudget - max(0n, cost.storageCost - cost.storageRebate));
      cost = this.#cost(attempt, computation, request);
    }
    return this.#result(request, attempt, cost);
  }

  /** Takes packages of a transaction that is not kept out of the machine again. */
  unload(packages: readonly Address[]): void {
    for (const id of packages) this.#options.packages.remove(id);
  }

  #attempt(request: ExecutionRequest, meter: GasMeterApi): Attempt {
    const { store, packages, session } = this.#options;
    const state = new ExecutionState(store, packages, request.txContext);
    const [gasCoin] = request.loaded.gas;
    this.#prepare(state, request, request.txContext.gasBudget);
    const program = new Program({
      state,
      packages,
      session: session(state, meter),
      program: request.program,
      inputs: request.loaded.inputs,
      gasCoin: gasCoin && { id: gasCoin.id, type: SUI_COIN_TYPE },
      storedPackage: (id) => {
        const stored = store.get(id);
        return stored?.data.kind === 'package'
          ? { id, version: stored.version, data: stored.data }
          : undefined;
      },
      lenient: request.lenient,
      capture: request.capture,
    });
    try {
      const outputs = program.run();
      return {
        outcome: state.finish(),
        state,
        outputs,
        failure: undefined,
        newPackages: program.newPackages,
      };
    } catch (error) {
      this.unload(program.newPackages);
      if (error instanceof ExecutionFailure) return this.#fail(request, error);
      throw error;
    }
  }

  /** What a failed transaction leaves: its inputs as they were, at a new version. */
  #fail(request: ExecutionRequest, failure: ExecutionFailure): Attempt {
    const state = new ExecutionState(this.#options.store, this.#options.packages, request.txContext);
    this.#prepare(state, request, 0n);
    return { outcome: state.finish(), state, outputs: [], failure, newPackages: [] };
  }

  /** Makes the inputs known and puts the paying coins together. `reserved` MIST are out of the program's reach. */
  #prepare(state: ExecutionState, request: ExecutionRequest, reserved: bigint): void {
    for (const input of request.loaded.inputs) {
      if (input.kind === 'object') state.addInput(input.object, input.mutable);
      if (input.kind === 'receiving') state.addReceivable(input.object);
    }
    const [first, ...others] = request.loaded.gas;
    if (first === undefined) return;
    for (const coin of request.loaded.gas) state.addInput(coin, true);
    const target = state.borrow(first.id);
    if (target === undefined) throw new TypeError('the gas coin is gone');
    const balance = (target.get() as Value[])[1] as Value[];
    for (const coin of others) {
      const value = state.take(coin.id) as Value[];
      balance[0] = (balance[0] as bigint) + ((value[1] as Value[])[0] as bigint);
      state.deleteId(coin.id);
    }
    balance[0] = (balance[0] as bigint) - reserved;
  }

  #cost(attempt: Attempt, computation: bigint, request: ExecutionRequest): GasCost {
    let storage = 0n;
    for (const written of attempt.outcome.written.values())
      storage += storageCharge(storedSize(written.data));
    let rebates = 0n;
    for (const id of [...attempt.outcome.written.keys(), ...attempt.outcome.removed]) {
      rebates += attempt.state.base(id)?.storageRebate ?? 0n;
    }
    return request.loaded.gas.length === 0 ? gasCost(0n, 0n, 0n) : gasCost(computation, storage, rebates);
  }

  #result(request: ExecutionRequest, attempt: Attempt, cost: GasCost): ExecutionResult {
    const lamport = nextVersion(request.loaded);
    const gasObject = request.loaded.gas[0]?.id;
    const { outcome, failure, state } = attempt;
    const reserved = failure === undefined ? request.txContext.gasBudget : 0n;
    const ids = new Set([
      ...outcome.written.keys(),
      ...outcome.removed,
      ...outcome.created,
      ...outcome.deleted,
    ]);
    const changes = [...ids].toSorted(compare).map((id): ObjectChange => {
      const before = state.base(id);
      const written = outcome.written.get(id);
      const paid =
        written !== undefined && id === gasObject ? settle(written, reserved - netGas(cost)) : written;
      const after = paid && makeObject(id, paid, lamport, request.transactionDigest);
      const created = before === undefined && outcome.created.has(id);
      const deleted = after === undefined && outcome.deleted.has(id);
      return { id, before, after, idOperation: created ? 'Created' : deleted ? 'Deleted' : 'None' };
    });
    const events = failure === undefined ? outcome.events : [];
    const effects: EffectsData = {
      transactionDigest: request.transactionDigest,
      epoch: request.txContext.epoch,
      failure,
      gas: cost,
      gasObject,
      eventsDigest: eventsDigest(events),
      dependencies: dependencies(request.loaded, changes),
      lamport,
      changes,
      read: readObjects(request.loaded),
    };
    const effectsBcs = encodeEffects(effects);
    return {
      effects,
      effectsBcs,
      effectsDigest: typedDigest('TransactionEffects', effectsBcs),
      events,
      balanceChanges: balanceChanges(changes),
      outputs: attempt.outputs,
      newPackages: attempt.newPackages,
    };
  }
}

/** Adds the unused budget, less the charge, back to the coin that pays. */
function settle(written: WrittenObject, amount: bigint): WrittenObject {
  const data = written.data as MoveData;
  const contents = Buffer.from(data.contents);
  const balance = contents.readBigUInt64LE(32) + amount;
  if (balance < 0n || balance > MAX_U64) throw new RangeError(`gas coin balance ${balance} is impossible`);
  contents.writeBigUInt64LE(balance, 32);
  return { ...written, data: { ...data, contents: new Uint8Array(contents) } };
}

function makeObject(id: Address, written: WrittenObject, lamport: bigint, digest: Digest): ChainObject {
  return new ChainObject({
    id,
    version: written.packageVersion ?? lamport,
    owner: started(written.owner, lamport),
    data: written.data,
    previousTransaction: digest,
    storageRebate: storageCharge(storedSize(written.data)),
  });
}

/** New under consensus: it begins with the version of this transaction. */
function started(owner: Owner, lamport: bigint): Owner {
  if (consensusStart(owner) !== 0n) return owner;
  return owner.kind === 'party'
    ? { ...owner, startVersion: lamport }
    : { kind: 'shared', initialVersion: lamport };
}

/** One more than the greatest version among the inputs. */
function nextVersion(loaded: LoadedInputs): bigint {
  let greatest = 0n;
  for (const coin of loaded.gas) greatest = max(greatest, coin.version);
  for (const input of loaded.inputs)
    if (input.kind !== 'pure') greatest = max(greatest, input.object.version);
  return greatest + 1n;
}

function readObjects(loaded: LoadedInputs): ReadObject[] {
  return loaded.inputs.flatMap((input) =>
    input.kind === 'object' && !input.mutable && consensusStart(input.object.owner) !== undefined
      ? [{ id: input.object.id, object: input.object }]
      : [],
  );
}

function dependencies(loaded: LoadedInputs, changes: readonly ObjectChange[]): Digest[] {
  const found = new Set(changes.flatMap(({ before }) => (before ? [before.previousTransaction] : [])));
  for (const input of loaded.inputs) if (input.kind !== 'pure') found.add(input.object.previousTransaction);
  return [...found].toSorted(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
