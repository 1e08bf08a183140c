import type { Address, PackageStore, TxContextInfo } from '../vm/index.ts';
import { digestBytes, digestToString } from './bytes.ts';
import type { Digest } from './bytes.ts';
import type { Checkpoint, TransactionRecord } from './checkpoint.ts';
import { blake2b256, derivedObjectId, typedDigestBytes } from './digest.ts';
import { TransactionRejected } from './errors.ts';
import { Executor } from './executor.ts';
import type { ExecutionResult } from './executor.ts';
import { CLOCK_ID, clockObject, genesisCoin, loadGenesisPackages } from './genesis.ts';
import { checkClockUse, checkGas, loadGas, loadInputs } from './inputs.ts';
import { ReplayMismatch } from './journal.ts';
import type { ChainEvent, ChainEventKind } from './journal.ts';
import { Ledger } from './ledger.ts';
import type { Epoch } from './ledger.ts';
import { ChainObject } from './object.ts';
import { copyLists, ObjectStore } from './object-store.ts';
import { verifySignatures } from './signatures.ts';
import { decodeTransaction } from './transaction.ts';
import type { Expiration, TransactionInput } from './transaction.ts';
import type { ChainOptions, ChainSnapshot, SimulationRequest } from './types.ts';

export const REFERENCE_GAS_PRICE = 1_000n;
const TREASURY_MIST = 5_000_000_000_000_000_000n;
const INVENTED_GAS_MIST = 1_000_000_000_000_000_000n;

/** One chain in memory. Transactions run one after the other, each in a checkpoint of its own. */
export class Chain {
  readonly id: Digest;
  readonly objects = new ObjectStore();
  readonly packages: PackageStore;
  readonly ledger: Ledger;
  readonly treasuryCoin: Address;
  readonly #executor: Executor;
  readonly #packageVersions = new Map<Address, ChainObject[]>();
  readonly #snapshots = new Map<string, ChainSnapshot>();
  readonly #clock: () => number;
  readonly #record: (event: ChainEvent) => void;
  #offsetMs = 0;
  #lastMs = 0n;
  /** Set while a journal is replayed: chain time is what it was then. */
  #replayed: ChainEvent | undefined;

  constructor(options: ChainOptions) {
    this.packages = options.packages;
    this.#clock = options.clock;
    this.#record = options.record ?? (() => {});
    this.#executor = new Executor({ ...options, store: this.objects });
    const startMs = options.startMs === undefined ? this.now() : BigInt(Math.floor(options.startMs));
    this.ledger = new Ledger(
      startMs,
      options.checkpointsKept === undefined ? {} : { checkpointsKept: options.checkpointsKept },
    );
    loadGenesisPackages(this.objects, options.packages, options.genesis);
    this.objects.put(clockObject(1n, startMs));
    const seedDigest = blake2b256(options.seed);
    this.treasuryCoin = derivedObjectId(seedDigest, 0n);
    this.objects.put(genesisCoin(this.treasuryCoin, options.treasury, TREASURY_MIST));
    this.id = digestToString(
      blake2b256(Buffer.concat([seedDigest, digestBytes(this.ledger.append([], startMs).digest)])),
    );
  }

  /** Chain time in ms: the clock with its offset, never going back. */
  now(): bigint {
    const now = this.#replayed?.atMs ?? BigInt(Math.floor(this.#clock() + this.#offsetMs));
    if (now > this.#lastMs) this.#lastMs = now;
    return this.#lastMs;
  }

  /** Moves chain time ahead. */
  advanceClock(ms: number): void {
    this.#setOffset(this.#offsetMs + ms);
  }

  /** Sets chain time to a point that is not in its past. Throws RangeError otherwise. */
  setClock(nowMs: number): void {
    if (BigInt(nowMs) < this.now()) throw new RangeError('chain time cannot go back');
    this.#setOffset(nowMs - this.#clock());
  }

  #setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#tick();
    this.#note({ kind: 'clock', offsetMs });
  }

  advanceEpoch(count = 1): Epoch {
    for (let i = 0; i < count; i++) {
      this.ledger.nextEpoch(this.now());
      this.#note({ kind: 'epoch' });
    }
    return this.ledger.epoch;
  }

  /** Names of the snapshots that can be restored. */
  get snapshots(): readonly string[] {
    return [...this.#snapshots.keys()];
  }

  /** Keeps the present state under a name, in place of an older one of that name. */
  snapshot(name: string): void {
    this.#snapshots.set(name, {
      objects: this.objects.snapshot(),
      ledger: this.ledger.snapshot(),
      packages: this.packages.snapshot(),
      packageVersions: copyLists(this.#packageVersions),
      offsetMs: this.#offsetMs,
      lastMs: this.#lastMs,
    });
    this.#note({ kind: 'snapshot', name });
  }

  /** Makes everything as it was: objects, packages, checkpoints, epoch and time. Throws RangeError for an unknown name. */
  restore(name: string): void {
    const kept = this.#snapshots.get(name);
    if (kept === undefined) throw new RangeError(`no snapshot ${name}`);
    this.packages.restore(kept.packages);
    this.objects.restore(kept.objects);
    this.#packageVersions.clear();
    for (const [id, versions] of copyLists(kept.packageVersions)) this.#packageVersions.set(id, versions);
    this.#offsetMs = kept.offsetMs;
    this.#lastMs = kept.lastMs;
    this.ledger.restore(kept.ledger);
    this.#note({ kind: 'restore', name });
  }

  /** Does again what a journal says. Throws ReplayMismatch when something else comes of it. */
  replay(event: ChainEvent): void {
    this.#replayed = event;
    try {
      this.now();
      if (event.kind === 'transaction') {
        this.objects.put(clockObject(event.clockVersion, event.atMs));
        this.executeTrusted(decodeTransaction(event.bytes), event.signatures);
      } else if (event.kind === 'epoch') this.advanceEpoch();
      else if (event.kind === 'clock') this.#setOffset(event.offsetMs);
      else if (event.kind === 'snapshot') this.snapshot(event.name);
      else this.restore(event.name);
    } finally {
      this.#replayed = undefined;
    }
    const got = this.ledger.latest?.digest;
    if (got !== event.checkpoint) throw new ReplayMismatch(event, got);
  }

  #note(event: ChainEventKind): void {
    if (this.#replayed !== undefined) return;
    const checkpoint = this.ledger.latest?.digest ?? '';
    this.#record({ ...event, atMs: this.#lastMs, checkpoint } as ChainEvent);
  }

  /** The live version of an object. */
  object(id: Address): ChainObject | undefined {
    if (id === CLOCK_ID) this.#tick();
    return this.objects.get(id);
  }

  /** All versions of a package by the id of its first one, oldest first. */
  packageVersions(originalId: Address): readonly ChainObject[] {
    return this.#packageVersions.get(originalId) ?? [];
  }

  /**
   * Executes a signed transaction. One that is on the chain already gives its first outcome again.
   * Throws TransactionRejected when it is not taken; a failed execution is an outcome.
   */
  async execute(bytes: Uint8Array, signatures: readonly Uint8Array[]): Promise<TransactionRecord> {
    const transaction = decodeTransaction(bytes);
    await verifySignatures(bytes, signatures, [transaction.sender, transaction.gasData.owner]);
    return this.executeTrusted(transaction, signatures);
  }

  /** The same without looking at signatures: for the chain's own transactions. */
  executeTrusted(transaction: TransactionInput, signatures: readonly Uint8Array[] = []): TransactionRecord {
    const known = this.ledger.transaction(transaction.digest);
    if (known !== undefined) return known;
    this.#checkExpiration(transaction.expiration);
    const timestampMs = this.#tick();
    const gas = loadGas(this.objects, transaction.gasData);
    checkGas(transaction.gasData, REFERENCE_GAS_PRICE, gas);
    const loaded = loadInputs(this.objects, transaction.program, transaction.sender, gas);
    checkClockUse(loaded.inputs);
    const result = this.#executor.execute({
      program: transaction.program,
      loaded,
      txContext: this.#txContext(transaction, transaction.digestBytes),
      transactionDigest: transaction.digest,
      lenient: false,
      capture: false,
    });
    this.#commit(result);
    const checkpoint: Checkpoint = this.ledger.append(
      [{ transaction, signatures, result, timestampMs }],
      timestampMs,
    );
    const clockVersion = this.objects.get(CLOCK_ID)?.version ?? 1n;
    this.#note({ kind: 'transaction', bytes: transaction.bytes, signatures, clockVersion });
    return checkpoint.transactions[0] as TransactionRecord;
  }

  /** Executes a transaction and forgets it. Throws TransactionRejected like `execute`, unless checks are off. */
  simulate(request: SimulationRequest): ExecutionResult {
    this.#tick();
    if (request.checks) this.#checkExpiration(request.expiration);
    const { gasData } = request;
    const gas = gasData.payment.length > 0 ? loadGas(this.objects, gasData) : [inventedCoin(gasData.owner)];
    if (request.checks) checkGas(gasData, REFERENCE_GAS_PRICE, gas);
    const loaded = loadInputs(
      this.objects,
      request.program,
      request.checks ? request.sender : undefined,
      gas,
    );
    const digestBytesOf = typedDigestBytes('TransactionData', request.bytes);
    const result = this.#executor.execute({
      program: request.program,
      loaded,
      txContext: this.#txContext(request, digestBytesOf),
      transactionDigest: digestToString(digestBytesOf),
      lenient: !request.checks,
      capture: true,
    });
    this.#executor.unload(result.newPackages);
    return result;
  }

  #txContext(
    { sender, gasData }: Pick<TransactionInput, 'sender' | 'gasData'>,
    digest: Uint8Array,
  ): TxContextInfo {
    const { epoch } = this.ledger;
    return {
      sender,
      digest,
      epoch: epoch.number,
      epochTimestampMs: epoch.startMs,
      referenceGasPrice: REFERENCE_GAS_PRICE,
      gasPrice: BigInt(gasData.price),
      gasBudget: BigInt(gasData.budget),
      ...(gasData.owner === sender ? {} : { sponsor: gasData.owner }),
      idsCreated: 0n,
    };
  }

  #checkExpiration(expiration: Expiration): void {
    const epoch = this.ledger.epoch.number;
    const window = expiration.ValidDuring ?? expiration.Validity;
    const tooLate =
      (expiration.$kind === 'Epoch' && BigInt(expiration.Epoch) < epoch) ||
      (window?.maxEpoch != null && BigInt(window.maxEpoch) < epoch) ||
      (window?.maxTimestamp != null && BigInt(window.maxTimestamp) < this.now());
    if (tooLate) throw new TransactionRejected('expired', 'Transaction Expired');
    const tooEarly =
      (window?.minEpoch != null && BigInt(window.minEpoch) > epoch) ||
      (window?.minTimestamp != null && BigInt(window.minTimestamp) > this.now());
    if (tooEarly) throw new TransactionRejected('expired', 'Transaction is not valid yet');
    if (window && window.chain !== this.id)
      throw new TransactionRejected(
        'invalid',
        `Transaction is for chain ${window.chain}, this is ${this.id}`,
      );
  }

  #commit(result: ExecutionResult): void {
    const { changes, lamport } = result.effects;
    for (const { id, before, after } of changes) {
      if (after?.data.kind === 'package') this.#notePackage(after, after.data.info.originalId);
      if (after !== undefined) this.objects.put(after);
      else if (before !== undefined) this.objects.remove(id, lamport);
    }
  }

  #notePackage(object: ChainObject, originalId: Address): void {
    const versions = this.#packageVersions.get(originalId);
    if (versions === undefined) this.#packageVersions.set(originalId, [object]);
    else versions.push(object);
  }

  /** Brings the Clock object up to the present. */
  #tick(): bigint {
    const now = this.now();
    const clock = this.objects.get(CLOCK_ID) as ChainObject;
    if (clock.data.kind === 'move') {
      const { contents } = clock.data;
      const shown = new DataView(contents.buffer, contents.byteOffset).getBigUint64(32, true);
      if (shown !== now) this.objects.put(clockObject(clock.version + 1n, now));
    }
    return now;
  }
}

const INVENTED_COIN_ID: Address = `0x${'00'.repeat(31)}ff`;

/** Pays for simulations that name no coin. */
function inventedCoin(owner: Address): ChainObject {
  return genesisCoin(INVENTED_COIN_ID, owner, INVENTED_GAS_MIST);
}
