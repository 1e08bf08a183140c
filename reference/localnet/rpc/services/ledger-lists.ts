import { GrpcTypes } from '@mysten/sui/grpc';
import type { Chain } from '../../chain/chain.ts';
import type { Checkpoint } from '../../chain/checkpoint.ts';
import { matchesEvent, matchesTransaction } from '../filters.ts';
import { ReadMask } from '../read-mask.ts';
import { renderCheckpoint } from '../render/checkpoint.ts';
import { renderEvent, renderRecord } from '../render/executed.ts';
import type { RpcCall } from '../service.ts';
import { invalidArgument } from '../status.ts';

const { Ordering, QueryEndReason } = GrpcTypes;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;
const EVENT_DEFAULT = 'package_id,module,sender,event_type';

/** A place in the ledger: checkpoint, and for events the index inside it. */
type Position = readonly [checkpoint: bigint, index: number];

interface Query {
  readonly startCheckpoint?: bigint;
  readonly endCheckpoint?: bigint;
  readonly options?: GrpcTypes.QueryOptions;
}

interface Found<T> {
  readonly position: Position;
  readonly item: T;
}

type Frame<T> = { item?: T; watermark?: GrpcTypes.Watermark; end?: GrpcTypes.QueryEnd };

export async function* listTransactions(
  chain: Chain,
  request: GrpcTypes.ListTransactionsRequest,
  call: RpcCall,
): AsyncGenerator<GrpcTypes.ListTransactionsResponse, void, undefined> {
  const mask = ReadMask.of(request.readMask, 'digest', GrpcTypes.ExecutedTransaction);
  const find = (checkpoint: Checkpoint): Found<GrpcTypes.ExecutedTransaction>[] =>
    checkpoint.transactions
      .filter((record) => matchesTransaction(request.filter, record))
      .map((record) => ({
        position: [checkpoint.sequenceNumber, 0],
        item: renderRecord(chain.packages, record, mask),
      }));
  for (const { item, ...frame } of scan(chain, request, find, call)) {
    yield item === undefined ? frame : { transaction: item, ...frame };
  }
}

export async function* listEvents(
  chain: Chain,
  request: GrpcTypes.ListEventsRequest,
  call: RpcCall,
): AsyncGenerator<GrpcTypes.ListEventsResponse, void, undefined> {
  const mask = ReadMask.of(request.readMask, EVENT_DEFAULT, GrpcTypes.Event);
  const json = mask.includes('json');
  const find = (checkpoint: Checkpoint): Found<GrpcTypes.Event>[] =>
    checkpoint.transactions.flatMap(({ result, transaction, timestampMs }) =>
      result.events.flatMap((event, index) => {
        if (!matchesEvent(request.filter, event)) return [];
        const placement = { checkpoint: checkpoint.sequenceNumber, timestampMs, transactionIndex: 0n };
        const item = renderEvent(chain.packages, event, index, transaction.digest, placement, json);
        return [{ position: [checkpoint.sequenceNumber, index] as const, item: mask.apply(item) }];
      }),
    );
  for (const { item, ...frame } of scan(chain, request, find, call)) {
    yield item === undefined ? frame : { event: item, ...frame };
  }
}

export async function* listCheckpoints(
  chain: Chain,
  request: GrpcTypes.ListCheckpointsRequest,
  call: RpcCall,
): AsyncGenerator<GrpcTypes.ListCheckpointsResponse, void, undefined> {
  const mask = ReadMask.of(request.readMask, 'sequence_number,digest', GrpcTypes.Checkpoint);
  const wanted = (checkpoint: Checkpoint): boolean =>
    request.filter === undefined ||
    checkpoint.transactions.some((record) => matchesTransaction(request.filter, record));
  const find = (checkpoint: Checkpoint): Found<GrpcTypes.Checkpoint>[] =>
    wanted(checkpoint)
      ? [
          {
            position: [checkpoint.sequenceNumber, 0],
            item: renderCheckpoint(checkpoint, chain.packages, mask),
          },
        ]
      : [];
  for (const { item, ...frame } of scan(chain, request, find, call)) {
    yield item === undefined ? frame : { checkpoint: item, ...frame };
  }
}

/** Goes through the ledger in the wanted direction and gives what it finds, then why it stopped. */
function* scan<T>(
  chain: Chain,
  query: Query,
  find: (checkpoint: Checkpoint) => Found<T>[],
  call: RpcCall,
): Generator<Frame<T>, void, undefined> {
  const { options } = query;
  const limit = Math.min(options?.limit || DEFAULT_LIMIT, MAX_LIMIT);
  const descending = options?.ordering === Ordering.DESCENDING;
  const after = options?.after && readCursor(options.after);
  const before = options?.before && readCursor(options.before);
  const { ledger } = chain;
  const first = max(query.startCheckpoint ?? 0n, after?.[0] ?? 0n, ledger.lowestAvailable);
  const bounds = [query.endCheckpoint, before && before[0] + 1n].filter((bound) => bound !== undefined);
  const end = bounds.reduce((a, b) => (b < a ? b : a), ledger.nextSequenceNumber);
  let count = 0;
  for (let step = 0n; first + step < end; step++) {
    call.signal.throwIfAborted();
    const checkpoint = ledger.checkpoint(descending ? end - 1n - step : first + step);
    const found = checkpoint === undefined ? [] : find(checkpoint);
    for (const { position, item } of descending ? found.toReversed() : found) {
      if (after !== undefined && compare(position, after) <= 0) continue;
      if (before !== undefined && compare(position, before) >= 0) continue;
      count++;
      yield { item, watermark: { cursor: writeCursor(position), checkpoint: position[0] } };
      if (count === limit) {
        yield { end: { reason: QueryEndReason.ITEM_LIMIT } };
        return;
      }
    }
  }
  const reason =
    bounds.length > 0 && end < ledger.nextSequenceNumber
      ? QueryEndReason.CHECKPOINT_BOUND
      : QueryEndReason.LEDGER_TIP;
  yield { end: { reason } };
}

function max(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}

function compare(a: Position, b: Position): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1];
}

function writeCursor([checkpoint, index]: Position): Uint8Array {
  return Buffer.from(`${checkpoint}.${index}`);
}

function readCursor(bytes: Uint8Array): Position {
  const match = /^(\d{1,19})\.(\d{1,9})$/.exec(Buffer.from(bytes).toString('latin1'));
  if (match === null) throw invalidArgument('invalid cursor');
  return [BigInt(match[1] as string), Number(match[2])];
}
