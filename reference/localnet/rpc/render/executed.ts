import type { GrpcTypes } from '@mysten/sui/grpc';
import type { TransactionRecord } from '../../chain/checkpoint.ts';
import { encodeEvents } from '../../chain/effects.ts';
import type { EmittedEvent } from '../../chain/execution-state.ts';
import type { ExecutionResult } from '../../chain/executor.ts';
import { typeName } from '../../chain/type-tags.ts';
import type { PackageStore } from '../../vm/index.ts';
import type { ReadMask } from '../read-mask.ts';
import { defined, timestamp } from './defined.ts';
import { renderEffects } from './effects.ts';
import { renderMoveJson } from './move-json.ts';
import { renderObject } from './object.ts';
import { renderTransaction } from './transaction.ts';
import type { TransactionView } from './transaction.ts';

/** Where an executed transaction stands in the ledger. */
export interface Placement {
  readonly checkpoint: bigint;
  readonly timestampMs: bigint;
  readonly transactionIndex: bigint;
}

/** The wanted parts of a transaction and what it did. `placement` is missing for a simulation. */
export function renderExecuted(
  packages: PackageStore,
  view: TransactionView,
  signatures: readonly Uint8Array[],
  result: ExecutionResult,
  placement: Placement | undefined,
  mask: ReadMask,
): GrpcTypes.ExecutedTransaction {
  const { events } = result;
  return mask.apply(
    defined<GrpcTypes.ExecutedTransaction>({
      digest: view.digest,
      transaction: mask.includes('transaction')
        ? renderTransaction(view, mask.child('transaction'))
        : undefined,
      signatures: mask.includes('signatures') ? signatures.map(renderSignature) : [],
      effects: mask.includes('effects') ? renderEffects(result, mask.child('effects')) : undefined,
      events:
        mask.includes('events') && events.length > 0
          ? renderEvents(packages, result, placement, mask.child('events'))
          : undefined,
      checkpoint: placement?.checkpoint,
      timestamp: placement && timestamp(placement.timestampMs),
      balanceChanges: result.balanceChanges.map(({ address, coinType, amount }) => ({
        address,
        coinType,
        amount: String(amount),
      })),
      objects: mask.includes('objects') ? renderObjects(packages, result, mask.child('objects')) : undefined,
      transactionIndex: placement?.transactionIndex,
    }),
  );
}

export function renderRecord(
  packages: PackageStore,
  record: TransactionRecord,
  mask: ReadMask,
): GrpcTypes.ExecutedTransaction {
  const { transaction, signatures, result, checkpoint, timestampMs } = record;
  const placement = { checkpoint, timestampMs, transactionIndex: 0n };
  return renderExecuted(packages, transaction, signatures, result, placement, mask);
}

function renderSignature(signature: Uint8Array): GrpcTypes.UserSignature {
  return {
    bcs: { name: 'UserSignatureBytes', value: signature },
    scheme: signature[0] as GrpcTypes.SignatureScheme,
    signature: { oneofKind: undefined },
  };
}

function renderEvents(
  packages: PackageStore,
  result: ExecutionResult,
  placement: Placement | undefined,
  mask: ReadMask,
): GrpcTypes.TransactionEvents {
  const json = mask.includes('events.json');
  const digest = result.effects.transactionDigest;
  return mask.apply(
    defined<GrpcTypes.TransactionEvents>({
      bcs: mask.includes('bcs')
        ? { name: 'TransactionEvents', value: encodeEvents(result.events) }
        : undefined,
      digest: result.effects.eventsDigest,
      events: result.events.map((event, index) =>
        renderEvent(packages, event, index, digest, placement, json),
      ),
    }),
  );
}

/** One event; `json` tells whether its JSON form is wanted. */
export function renderEvent(
  packages: PackageStore,
  event: EmittedEvent,
  eventIndex: number,
  transactionDigest: string,
  placement: Placement | undefined,
  json: boolean,
): GrpcTypes.Event {
  const eventType = typeName(event.type);
  return defined<GrpcTypes.Event>({
    packageId: event.package,
    module: event.module,
    sender: event.sender,
    eventType,
    contents: { name: eventType, value: event.contents },
    json: json ? renderMoveJson(packages, event.type, event.contents) : undefined,
    checkpoint: placement?.checkpoint,
    transactionDigest,
    transactionIndex: placement?.transactionIndex,
    eventIndex,
  });
}

/** Objects before and after the transaction. */
function renderObjects(packages: PackageStore, result: ExecutionResult, mask: ReadMask): GrpcTypes.ObjectSet {
  const inner = mask.child('objects');
  const objects = result.effects.changes.flatMap(({ before, after }) =>
    [before, after].flatMap((object) => (object ? [renderObject(object, packages, inner)] : [])),
  );
  return { objects };
}
