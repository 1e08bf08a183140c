import { BcsWriter } from './bytes.ts';
import type { Digest } from './bytes.ts';
import { typedDigest } from './digest.ts';
import type { ExecutionResult } from './executor.ts';
import type { GasCost } from './gas.ts';
import type { TransactionInput } from './transaction.ts';

/** A transaction on the chain. */
export interface TransactionRecord {
  readonly transaction: TransactionInput;
  readonly signatures: readonly Uint8Array[];
  readonly result: ExecutionResult;
  readonly checkpoint: bigint;
  readonly timestampMs: bigint;
}

export interface Checkpoint {
  readonly sequenceNumber: bigint;
  readonly digest: Digest;
  readonly epoch: bigint;
  /** Transactions of the network up to and including this checkpoint. */
  readonly totalTransactions: bigint;
  readonly contentDigest: Digest;
  readonly contentBcs: Uint8Array;
  readonly previousDigest: Digest | undefined;
  /** Sums over the epoch so far. */
  readonly epochGas: GasCost;
  readonly timestampMs: bigint;
  readonly summaryBcs: Uint8Array;
  readonly endOfEpoch: boolean;
  readonly transactions: readonly TransactionRecord[];
}

export interface CheckpointInput {
  readonly sequenceNumber: bigint;
  readonly epoch: bigint;
  readonly totalTransactions: bigint;
  readonly previousDigest: Digest | undefined;
  readonly epochGas: GasCost;
  readonly timestampMs: bigint;
  readonly endOfEpoch: boolean;
  readonly transactions: readonly TransactionRecord[];
}

const PROTOCOL_VERSION = 100n;

/** Hashes and closes a checkpoint. There are no validators, so nothing signs it. */
export function sealCheckpoint(input: CheckpointInput): Checkpoint {
  const contentBcs = encodeContents(input.transactions);
  const contentDigest = typedDigest('CheckpointContents', contentBcs);
  const summaryBcs = encodeSummary(input, contentDigest);
  return {
    ...input,
    contentBcs,
    contentDigest,
    summaryBcs,
    digest: typedDigest('CheckpointSummary', summaryBcs),
  };
}

function encodeContents(transactions: readonly TransactionRecord[]): Uint8Array {
  const writer = new BcsWriter().u8(0).uleb(transactions.length);
  for (const { transaction, result } of transactions)
    writer.digest(transaction.digest).digest(result.effectsDigest);
  writer.uleb(transactions.length);
  for (const { signatures } of transactions) {
    writer.uleb(signatures.length);
    for (const signature of signatures) writer.bytes(signature);
  }
  return writer.finish();
}

function encodeSummary(input: CheckpointInput, contentDigest: Digest): Uint8Array {
  const writer = new BcsWriter().u64(input.epoch).u64(input.sequenceNumber).u64(input.totalTransactions);
  writer.digest(contentDigest).option(input.previousDigest, (digest) => writer.digest(digest));
  const { epochGas } = input;
  writer.u64(epochGas.computationCost).u64(epochGas.storageCost);
  writer.u64(epochGas.storageRebate).u64(epochGas.nonRefundableStorageFee);
  writer.u64(input.timestampMs).uleb(0);
  // Next committee (empty), next protocol version, commitments (none).
  writer.option(input.endOfEpoch ? PROTOCOL_VERSION : undefined, (version) =>
    writer.uleb(0).u64(version).uleb(0),
  );
  return writer.uleb(0).finish();
}
