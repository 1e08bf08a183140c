import type { Digest } from './bytes.ts';
import { sealCheckpoint } from './checkpoint.ts';
import type { Checkpoint, TransactionRecord } from './checkpoint.ts';
import type { GasCost } from './gas.ts';

// Enough for long tests; an unbounded ledger would make a load test a memory test.
const DEFAULT_CHECKPOINTS_KEPT = 50_000;
const NO_GAS: GasCost = {
  computationCost: 0n,
  storageCost: 0n,
  storageRebate: 0n,
  nonRefundableStorageFee: 0n,
};

export interface Epoch {
  readonly number: bigint;
  readonly startMs: bigint;
  readonly firstCheckpoint: bigint;
  /** Set once the epoch is over. */
  endMs?: bigint;
  lastCheckpoint?: bigint;
}

/** What a ledger held at some time. */
export interface LedgerSnapshot {
  readonly first: bigint;
  readonly checkpoints: readonly Checkpoint[];
  readonly epochs: readonly Epoch[];
  readonly total: bigint;
  readonly epochGas: GasCost;
}

/** Checkpoints, the transactions in them and the epochs they belong to. */
export class Ledger {
  readonly #kept: number;
  readonly #checkpoints: Checkpoint[] = [];
  /** Sequence number of the first one kept. */
  #first = 0n;
  readonly #transactions = new Map<Digest, TransactionRecord>();
  readonly #byDigest = new Map<Digest, bigint>();
  readonly #listeners = new Set<() => void>();
  readonly #epochs: Epoch[];
  #total = 0n;
  #epochGas = NO_GAS;
  #history = 0;

  constructor(startMs: bigint, options: { checkpointsKept?: number } = {}) {
    this.#kept = options.checkpointsKept ?? DEFAULT_CHECKPOINTS_KEPT;
    this.#epochs = [{ number: 0n, startMs, firstCheckpoint: 0n }];
  }

  /** Counts how often the ledger was set back: who reads on from a place must not do so in another history. */
  get history(): number {
    return this.#history;
  }

  get epoch(): Epoch {
    return this.#epochs.at(-1) as Epoch;
  }

  epochAt(number: bigint): Epoch | undefined {
    return this.#epochs[Number(number)];
  }

  /** Sequence number the next checkpoint will have. */
  get nextSequenceNumber(): bigint {
    return this.#first + BigInt(this.#checkpoints.length);
  }

  get lowestAvailable(): bigint {
    return this.#first;
  }

  get totalTransactions(): bigint {
    return this.#total;
  }

  get latest(): Checkpoint | undefined {
    return this.#checkpoints.at(-1);
  }

  checkpoint(sequenceNumber: bigint): Checkpoint | undefined {
    return this.#checkpoints[Number(sequenceNumber - this.#first)];
  }

  checkpointByDigest(digest: Digest): Checkpoint | undefined {
    const sequenceNumber = this.#byDigest.get(digest);
    return sequenceNumber === undefined ? undefined : this.checkpoint(sequenceNumber);
  }

  transaction(digest: Digest): TransactionRecord | undefined {
    return this.#transactions.get(digest);
  }

  /** Closes a checkpoint over these transactions and tells the listeners. */
  append(
    transactions: readonly Omit<TransactionRecord, 'checkpoint'>[],
    timestampMs: bigint,
    endOfEpoch = false,
  ): Checkpoint {
    const sequenceNumber = this.nextSequenceNumber;
    const records = transactions.map((record): TransactionRecord => ({
      ...record,
      checkpoint: sequenceNumber,
    }));
    this.#total += BigInt(records.length);
    for (const { result } of records) this.#epochGas = addGas(this.#epochGas, result.effects.gas);
    const checkpoint = sealCheckpoint({
      sequenceNumber,
      epoch: this.epoch.number,
      totalTransactions: this.#total,
      previousDigest: this.latest?.digest,
      epochGas: this.#epochGas,
      timestampMs,
      endOfEpoch,
      transactions: records,
    });
    this.#checkpoints.push(checkpoint);
    this.#byDigest.set(checkpoint.digest, sequenceNumber);
    for (const record of records) this.#transactions.set(record.transaction.digest, record);
    this.#prune();
    for (const listener of this.#listeners) listener();
    return checkpoint;
  }

  /** Ends the epoch with a checkpoint of its own. */
  nextEpoch(timestampMs: bigint): Epoch {
    const ended = this.epoch;
    ended.lastCheckpoint = this.append([], timestampMs, true).sequenceNumber;
    ended.endMs = timestampMs;
    this.#epochGas = NO_GAS;
    this.#epochs.push({
      number: ended.number + 1n,
      startMs: timestampMs,
      firstCheckpoint: this.nextSequenceNumber,
    });
    return this.epoch;
  }

  /** Calls back after each checkpoint, synchronously: the callback must only note it. Returns the way to stop. */
  onCheckpoint(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): LedgerSnapshot {
    return {
      first: this.#first,
      checkpoints: [...this.#checkpoints],
      epochs: this.#epochs.map((epoch) => ({ ...epoch })),
      total: this.#total,
      epochGas: this.#epochGas,
    };
  }

  /** Sets the ledger back, and tells the listeners. */
  restore(snapshot: LedgerSnapshot): void {
    this.#history += 1;
    this.#first = snapshot.first;
    this.#total = snapshot.total;
    this.#epochGas = snapshot.epochGas;
    for (const list of [this.#checkpoints, this.#epochs]) list.length = 0;
    for (const epoch of snapshot.epochs) this.#epochs.push({ ...epoch });
    this.#byDigest.clear();
    this.#transactions.clear();
    for (const checkpoint of snapshot.checkpoints) {
      this.#checkpoints.push(checkpoint);
      this.#byDigest.set(checkpoint.digest, checkpoint.sequenceNumber);
      for (const record of checkpoint.transactions) this.#transactions.set(record.transaction.digest, record);
    }
    for (const listener of this.#listeners) listener();
  }

  #prune(): void {
    // In blocks: shifting a long array at every checkpoint would cost more than the memory is worth.
    const excess = this.#checkpoints.length - this.#kept;
    if (excess < Math.max(1, this.#kept / 10)) return;
    for (const checkpoint of this.#checkpoints.splice(0, excess)) {
      this.#byDigest.delete(checkpoint.digest);
      for (const { transaction } of checkpoint.transactions) this.#transactions.delete(transaction.digest);
    }
    this.#first += BigInt(excess);
  }
}

function addGas(a: GasCost, b: GasCost): GasCost {
  return {
    computationCost: a.computationCost + b.computationCost,
    storageCost: a.storageCost + b.storageCost,
    storageRebate: a.storageRebate + b.storageRebate,
    nonRefundableStorageFee: a.nonRefundableStorageFee + b.nonRefundableStorageFee,
  };
}
