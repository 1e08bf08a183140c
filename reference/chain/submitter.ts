import type { SuiClientTypes } from '@mysten/sui/client';
import type { Transaction, TransactionObjectArgument } from '@mysten/sui/transactions';
import { refusalOf } from './aborts.ts';
import { ChainError } from './errors.ts';
import { GasBook } from './gas.ts';
import { objectsOf, type Call } from './call.ts';
import { asChainError, nodeCall } from './node-call.ts';
import { ObjectRefs } from './object-refs.ts';
import { Pending } from './pending.ts';
import { INCLUDED, receiptOf, type Included } from './receipt.ts';
import { sendIdempotently } from './send.ts';
import { noGas, simulationFailure } from './simulation-failure.ts';
import { withDefaults, type SubmitterOptions } from './submitter-options.ts';
import type { CallOptions, Receipt } from './types.ts';

interface Built {
  bytes: Uint8Array;
  /** Index in the batch for each command of the transaction. */
  commandOwner: number[];
  warm: boolean;
}

/** What to do with a batch after an attempt that did not succeed. */
type Verdict = 'retry' | 'done';

/**
 * Sends calls of one wallet. A wallet's gas coin and capabilities can be in one transaction at a
 * time, so there is one queue; calls that wait while a transaction is under way travel together in
 * the next one. When all object versions and the budget are known, a call is one round trip.
 */
export class TransactionSubmitter {
  readonly address: string;
  readonly #options: Required<SubmitterOptions>;
  readonly #refs: ObjectRefs;
  readonly #gas = new GasBook();
  readonly #queue: Pending[] = [];
  #gasCoin: { objectId: string; version: string; digest: string } | undefined;
  #draining: Promise<void> | undefined;
  readonly #examined = new Set<Promise<void>>();
  /** Objects of the call that failed last, as long as nothing has succeeded since. */
  #blamed: string | undefined;
  /** Monotonic milliseconds at which the last transaction was begun. */
  #begun = -Infinity;
  #closed = false;

  constructor(options: SubmitterOptions) {
    this.#options = withDefaults(options);
    this.address = options.signer.toSuiAddress();
    this.#refs = new ObjectRefs(options.client);
  }

  /** Queues a call. Rejections: see ChainCommands. */
  submit(call: Call, options?: CallOptions): Promise<Receipt> {
    if (this.#closed) return Promise.reject(new ChainError('unavailable', 'the submitter is closed'));
    const pending = new Pending(call, options);
    this.#queue.push(pending);
    this.#wake();
    return pending.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#examined);
    await this.#draining;
  }

  #wake(): void {
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
  }

  async #drain(): Promise<void> {
    // Calls made in the same turn of the event loop shall meet in one transaction.
    await Promise.resolve();
    for (;;) {
      const left = this.#begun + this.#options.paceMs - performance.now();
      if (left > 0 && this.#queue[0]?.call.shareable === true) await this.#options.sleep(left);
      const batch = this.#take();
      if (batch.length === 0) return;
      this.#begun = performance.now();
      try {
        await this.#run(batch);
      } catch (error) {
        this.#distrust();
        for (const pending of batch) pending.reject(asChainError(pending.call.kind, error));
      }
    }
  }

  /** The next calls for one transaction; those whose callers gave up are dropped. */
  #take(): Pending[] {
    const batch: Pending[] = [];
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (!next.settled) {
        if (batch.length > 0 && !(next.call.shareable && batch[0]?.call.shareable === true)) break;
        if (batch.length >= this.#options.maxShared) break;
        batch.push(next);
      }
      this.#queue.shift();
    }
    return batch;
  }

  async #run(batch: Pending[]): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const last = attempt === 2;
      try {
        const built = await this.#build(batch);
        if (built === undefined || (await this.#execute(batch, built, last)) === 'done') return;
      } catch (error) {
        this.#distrust();
        // Refused before it ran: an object version or the gas price has moved on.
        if (!(error instanceof ChainError && error.kind === 'invalid') || last) throw error;
        this.#gas.forget(batch.map(({ call }) => call.kind));
      }
    }
  }

  /** Undefined when the calls were settled or put back on the queue instead. */
  async #build(batch: Pending[]): Promise<Built | undefined> {
    try {
      await this.#refs.load(batch.flatMap(({ call }) => call.objects.map(({ id }) => id)));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(asChainError(batch[0].call.kind, error));
      // One call's missing object must not fail the others.
      else await this.#separately(batch);
      return undefined;
    }
    const { tx, commandOwner } = this.#assemble(batch);
    const kinds = batch.map(({ call }) => call.kind);
    const budget = this.#gas.budgetFor(kinds);
    const warm = budget !== undefined && this.#gasCoin !== undefined && this.#gas.price !== undefined;
    if (warm && this.#gasCoin !== undefined && this.#gas.price !== undefined) {
      tx.setGasBudget(budget);
      tx.setGasPayment([this.#gasCoin]);
      tx.setGasPrice(this.#gas.price);
      return { bytes: await tx.build(), commandOwner, warm };
    }
    try {
      const bytes = await nodeCall('SimulateTransaction', { deadlineMs: this.#options.executeMs }, () =>
        tx.build({ client: this.#options.client }),
      );
      const { price } = tx.getData().gasData;
      this.#gas.price = price === null || price === undefined ? undefined : BigInt(price);
      return { bytes, commandOwner, warm };
    } catch (error) {
      const failure = simulationFailure(error);
      if (failure === undefined) throw noGas(error) ?? asChainError('SimulateTransaction', error);
      await this.#blame(batch, commandOwner, failure, undefined);
      return undefined;
    }
  }

  #assemble(batch: readonly Pending[]): { tx: Transaction; commandOwner: number[] } {
    const objects = batch.flatMap(({ call }) => call.objects);
    const tx = this.#options.transaction();
    tx.setSender(this.address);
    const commandOwner: number[] = [];
    for (const [index, { call }] of batch.entries()) {
      call.build(tx, (id) => this.#argument(tx, id, objects));
      while (commandOwner.length < tx.getData().commands.length) commandOwner.push(index);
    }
    return { tx, commandOwner };
  }

  #argument(
    tx: Transaction,
    id: string,
    objects: readonly { id: string; mutable: boolean }[],
  ): TransactionObjectArgument {
    const ref = this.#refs.get(id);
    if (ref === undefined) throw new ChainError('invalid', `object ${id} is used but not declared`);
    if (ref.kind === 'owned') return tx.objectRef({ objectId: id, version: ref.version, digest: ref.digest });
    const mutable = objects.some((object) => object.id === id && object.mutable);
    return tx.sharedObjectRef({ objectId: id, initialSharedVersion: ref.initialSharedVersion, mutable });
  }

  async #execute(batch: Pending[], built: Built, last: boolean): Promise<Verdict> {
    const { client, signer, executeMs } = this.#options;
    const { signature } = await signer.signTransaction(built.bytes);
    // Whoever was told "not sent" must be able to rely on it.
    const waiting = batch.filter(({ settled }) => !settled);
    if (waiting.length < batch.length) {
      this.#queue.unshift(...waiting);
      return 'done';
    }
    for (const pending of batch) pending.sent = true;
    const result = await sendIdempotently(executeMs, (signal) =>
      client.executeTransaction({
        transaction: built.bytes,
        signatures: [signature],
        include: INCLUDED,
        signal,
      }),
    );
    return this.#settle(batch, built, result, last);
  }

  async #settle(
    batch: Pending[],
    built: Built,
    result: SuiClientTypes.TransactionResult<Included>,
    last: boolean,
  ): Promise<Verdict> {
    const tx = result.$kind === 'Transaction' ? result.Transaction : result.FailedTransaction;
    this.#refs.apply(tx.effects.changedObjects);
    const gas = tx.effects.gasObject;
    this.#gasCoin =
      gas?.outputVersion == null || gas.outputDigest == null
        ? undefined
        : { objectId: gas.objectId, version: gas.outputVersion, digest: gas.outputDigest };
    const kinds = batch.map(({ call }) => call.kind);
    if (result.$kind === 'Transaction') {
      this.#gas.learn(kinds, tx.effects.gasUsed);
      this.#blamed = undefined;
      const receipt = receiptOf(tx, this.#options.package);
      for (const pending of batch) pending.resolve(receipt);
      return 'done';
    }
    const { error } = tx.status;
    if (error?.$kind === 'MoveAbort') {
      await this.#blame(batch, built.commandOwner, error, tx.digest);
      return 'done';
    }
    this.#gas.forget(kinds);
    if (built.warm && !last) return 'retry';
    const failure = new ChainError('invalid', `${tx.digest} failed: ${error?.message ?? 'no reason given'}`);
    for (const pending of batch) pending.reject(failure);
    return 'done';
  }

  /**
   * Rejects the call whose command failed; the others, innocent, run again without it. When a second call with the same
   * objects fails right after the first, its like are looked at one by one, lest each of them costs all others a
   * transaction.
   */
  async #blame(
    batch: Pending[],
    commandOwner: readonly number[],
    failure: SuiClientTypes.ExecutionError,
    digest: string | undefined,
  ): Promise<void> {
    const culprit = batch.length === 1 ? batch[0] : batch[commandOwner[failure.command ?? -1] ?? -1];
    if (culprit === undefined) {
      await this.#separately(batch);
      return;
    }
    culprit.reject(refusalOf(failure, this.#options.package, digest));
    const objects = objectsOf(culprit.call);
    const again = this.#blamed === objects;
    this.#blamed = objects;
    for (const pending of batch) pending.sent = false;
    const others = batch.filter((pending) => pending !== culprit);
    const suspect = ({ call }: Pending): boolean => again && call.shareable && objectsOf(call) === objects;
    const waiting = this.#queue.splice(0);
    this.#queue.push(...[...others, ...waiting].filter((pending) => !suspect(pending)));
    for (const pending of [...others, ...waiting].filter(suspect)) {
      const task = this.#examine(pending).finally(() => this.#examined.delete(task));
      this.#examined.add(task);
    }
  }

  /** Rejects a call that the chain would refuse, without a transaction; any other is queued again. */
  async #examine(pending: Pending): Promise<void> {
    const { client, executeMs } = this.#options;
    try {
      const { tx } = this.#assemble([pending]);
      await nodeCall('SimulateTransaction', { deadlineMs: executeMs }, () => tx.build({ client }));
    } catch (error) {
      const failure = simulationFailure(error);
      if (failure?.$kind === 'MoveAbort')
        return pending.reject(refusalOf(failure, this.#options.package, undefined));
    }
    this.#queue.push(pending);
    this.#wake();
  }

  async #separately(batch: Pending[]): Promise<void> {
    for (const pending of batch) {
      try {
        if (!pending.settled) await this.#run([pending]);
      } catch (error) {
        this.#distrust();
        pending.reject(asChainError(pending.call.kind, error));
      }
    }
  }

  /** Versions may have moved without our seeing it. */
  #distrust(): void {
    this.#refs.forgetOwned();
    this.#gasCoin = undefined;
  }
}
