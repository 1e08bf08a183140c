import { bcs } from '@mysten/sui/bcs';
import type { Address } from '../vm/index.ts';
import { BcsWriter } from './bytes.ts';
import type { Digest } from './bytes.ts';
import { typedDigest } from './digest.ts';
import type { ExecutionFailure } from './errors.ts';
import type { EmittedEvent } from './execution-state.ts';
import type { GasCost } from './gas.ts';
import type { ChainObject, Owner } from './object.ts';
import { writeOwner } from './object.ts';

/** What happened to one object. */
export interface ObjectChange {
  readonly id: Address;
  readonly before: ChainObject | undefined;
  readonly after: ChainObject | undefined;
  readonly idOperation: 'None' | 'Created' | 'Deleted';
}

/** A shared or party object that was only read. */
export interface ReadObject {
  readonly id: Address;
  readonly object: ChainObject;
}

/** Outcome of a transaction, from which its effects are made. */
export interface EffectsData {
  readonly transactionDigest: Digest;
  readonly epoch: bigint;
  readonly failure: ExecutionFailure | undefined;
  readonly gas: GasCost;
  readonly gasObject: Address | undefined;
  readonly eventsDigest: Digest | undefined;
  readonly dependencies: readonly Digest[];
  readonly lamport: bigint;
  /** Sorted by id. */
  readonly changes: readonly ObjectChange[];
  readonly read: readonly ReadObject[];
}

const V2 = 1;
const ID_OPERATION = { None: 0, Created: 1, Deleted: 2 } as const;
const READ_ONLY_ROOT = 0;

/** BCS of TransactionEffects (version 2). */
export function encodeEffects(data: EffectsData): Uint8Array {
  const writer = new BcsWriter().u8(V2).raw(encodeStatus(data.failure));
  const { gas } = data;
  writer.u64(data.epoch).u64(gas.computationCost).u64(gas.storageCost);
  writer.u64(gas.storageRebate).u64(gas.nonRefundableStorageFee).digest(data.transactionDigest);
  const gasIndex = data.changes.findIndex((change) => change.id === data.gasObject);
  writer.option(gasIndex === -1 ? undefined : gasIndex, (index) => {
    writer.raw(Uint8Array.of(index & 0xff, index >>> 8, 0, 0));
  });
  writer.option(data.eventsDigest, (digest) => writer.digest(digest));
  writer.uleb(data.dependencies.length);
  for (const dependency of data.dependencies) writer.digest(dependency);
  writer.u64(data.lamport).uleb(data.changes.length);
  for (const change of data.changes) writeChange(writer, change);
  writer.uleb(data.read.length);
  for (const { id, object } of data.read) {
    writer.address(id).u8(READ_ONLY_ROOT).u64(object.version).digest(object.digest);
  }
  return writer.bool(false).finish();
}

function writeChange(writer: BcsWriter, { id, before, after, idOperation }: ObjectChange): void {
  writer.address(id).bool(before !== undefined);
  if (before !== undefined) writeOwner(writer.u64(before.version).digest(before.digest), before.owner);
  if (after === undefined) writer.u8(0);
  else if (after.data.kind === 'package') writer.u8(2).u64(after.version).digest(after.digest);
  else writeOwner(writer.u8(1).digest(after.digest), after.owner);
  writer.u8(ID_OPERATION[idOperation]);
}

const SUCCESS = Uint8Array.of(0);

/** The SDK exports the codec of the whole effects alone, and failures are rare: cut the status out of one. */
function encodeStatus(failure: ExecutionFailure | undefined): Uint8Array {
  if (failure === undefined) return SUCCESS;
  const rest = {
    executedEpoch: 0n,
    gasUsed: { computationCost: 0n, storageCost: 0n, storageRebate: 0n, nonRefundableStorageFee: 0n },
    transactionDigest: EMPTY_DIGEST,
    gasObjectIndex: null,
    eventsDigest: null,
    dependencies: [],
    lamportVersion: 0n,
    changedObjects: [],
    unchangedConsensusObjects: [],
    auxDataDigest: null,
  };
  const encode = (status: unknown): Uint8Array =>
    bcs.TransactionEffects.serialize({ V2: { status, ...rest } } as never).toBytes();
  const shortest = encode({ Success: true }).length - 2;
  const bytes = encode({
    Failure: {
      error: failure.status,
      command: failure.command === undefined ? null : BigInt(failure.command),
    },
  });
  return bytes.subarray(1, bytes.length - shortest);
}

const EMPTY_DIGEST = '1'.repeat(32);

/** BCS of TransactionEvents. */
export function encodeEvents(events: readonly EmittedEvent[]): Uint8Array {
  const writer = new BcsWriter().uleb(events.length);
  for (const event of events) {
    writer.address(event.package).string(event.module).address(event.sender);
    writer.structTag(event.type).bytes(event.contents);
  }
  return writer.finish();
}

export function eventsDigest(events: readonly EmittedEvent[]): Digest | undefined {
  return events.length === 0 ? undefined : typedDigest('TransactionEvents', encodeEvents(events));
}

/** Whose balance a coin counts for. */
export function holderOf(owner: Owner): Address | undefined {
  return 'address' in owner ? owner.address : undefined;
}
