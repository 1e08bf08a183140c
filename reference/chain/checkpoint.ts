import type { GrpcTypes } from '@mysten/sui/grpc';
import { parseEvent } from '../../contracts/bindings/index.ts';
import type { ChainEvent, EventBatch, PackageEvent } from './types.ts';

/** A checkpoint as the node sent it. */
export interface RawCheckpoint {
  sequence: bigint;
  checkpoint: GrpcTypes.Checkpoint;
}

/** What to ask a node for; also the paths of `decodeCheckpoint`. */
export const CHECKPOINT_MASK = [
  'sequence_number',
  'summary.timestamp',
  'transactions.digest',
  'transactions.events',
];

/** The package's events in a checkpoint, in order; an event of an unknown layout throws LayoutError. */
export function decodeCheckpoint(
  { sequence, checkpoint }: RawCheckpoint,
  packageId: string | undefined,
): EventBatch {
  const { timestamp } = checkpoint.summary ?? {};
  const timestampMs =
    timestamp === undefined ? 0 : Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6);
  const events: ChainEvent[] = [];
  for (const transaction of checkpoint.transactions) {
    const txDigest = transaction.digest ?? '';
    for (const [eventSeq, event] of (transaction.events?.events ?? []).entries()) {
      const type = event.eventType ?? '';
      const parsed = parseEvent(type, event.contents?.value ?? new Uint8Array(), packageId);
      if (parsed === undefined) continue;
      const { module, name, data } = parsed;
      const sender = event.sender ?? '';
      events.push({
        module,
        name,
        type,
        data,
        sender,
        checkpoint: sequence,
        timestampMs,
        txDigest,
        eventSeq,
      });
    }
  }
  return { checkpoint: sequence, timestampMs, events };
}

/** The package's events of one transaction, as an execution answers them. */
export function decodeEvents(
  events: readonly { eventType: string; bcs: Uint8Array; sender: string }[],
  packageId: string,
): PackageEvent[] {
  return events.flatMap(({ eventType, bcs, sender }) => {
    const parsed = parseEvent(eventType, bcs, packageId);
    if (parsed === undefined) return [];
    return [{ module: parsed.module, name: parsed.name, type: eventType, data: parsed.data, sender }];
  });
}
