import type { GrpcTypes } from '@mysten/sui/grpc';
import type { Checkpoint } from '../../chain/checkpoint.ts';
import type { PackageStore } from '../../vm/index.ts';
import type { ReadMask } from '../read-mask.ts';
import { defined, timestamp } from './defined.ts';
import { renderRecord } from './executed.ts';
import { renderObject } from './object.ts';

/** The wanted parts of a checkpoint. */
export function renderCheckpoint(
  checkpoint: Checkpoint,
  packages: PackageStore,
  mask: ReadMask,
): GrpcTypes.Checkpoint {
  const transactionMask = mask.child('transactions');
  return mask.apply(
    defined<GrpcTypes.Checkpoint>({
      sequenceNumber: checkpoint.sequenceNumber,
      digest: checkpoint.digest,
      summary: mask.includes('summary') ? renderSummary(checkpoint) : undefined,
      signature: mask.includes('signature')
        ? { epoch: checkpoint.epoch, signature: new Uint8Array(48), bitmap: new Uint8Array() }
        : undefined,
      contents: mask.includes('contents') ? renderContents(checkpoint) : undefined,
      transactions: mask.includes('transactions')
        ? checkpoint.transactions.map((record) => renderRecord(packages, record, transactionMask))
        : [],
      objects: mask.includes('objects')
        ? renderObjects(checkpoint, packages, mask.child('objects'))
        : undefined,
    }),
  );
}

function renderSummary(checkpoint: Checkpoint): GrpcTypes.CheckpointSummary {
  return defined<GrpcTypes.CheckpointSummary>({
    bcs: { name: 'CheckpointSummary', value: checkpoint.summaryBcs },
    digest: checkpoint.digest,
    epoch: checkpoint.epoch,
    sequenceNumber: checkpoint.sequenceNumber,
    totalNetworkTransactions: checkpoint.totalTransactions,
    contentDigest: checkpoint.contentDigest,
    previousDigest: checkpoint.previousDigest,
    epochRollingGasCostSummary: { ...checkpoint.epochGas },
    timestamp: timestamp(checkpoint.timestampMs),
    commitments: [],
    endOfEpochData: checkpoint.endOfEpoch ? { nextEpochCommittee: [], epochCommitments: [] } : undefined,
    versionSpecificData: new Uint8Array(),
  });
}

function renderContents(checkpoint: Checkpoint): GrpcTypes.CheckpointContents {
  return {
    bcs: { name: 'CheckpointContents', value: checkpoint.contentBcs },
    digest: checkpoint.contentDigest,
    version: 1,
    transactions: checkpoint.transactions.map(({ transaction, result, signatures }) => ({
      transaction: transaction.digest,
      effects: result.effectsDigest,
      signatures: signatures.map((signature) => ({
        bcs: { name: 'UserSignatureBytes', value: signature },
        scheme: signature[0] as GrpcTypes.SignatureScheme,
        signature: { oneofKind: undefined },
      })),
      addressAliasesVersions: [],
    })),
  };
}

function renderObjects(checkpoint: Checkpoint, packages: PackageStore, mask: ReadMask): GrpcTypes.ObjectSet {
  const inner = mask.child('objects');
  const changes = checkpoint.transactions.flatMap(({ result }) => result.effects.changes);
  const objects = changes.flatMap(({ before, after }) =>
    [before, after].flatMap((object) => (object ? [renderObject(object, packages, inner)] : [])),
  );
  return { objects };
}
