import { GrpcTypes } from '@mysten/sui/grpc';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Chain } from '../../chain/chain.ts';
import type { Checkpoint } from '../../chain/checkpoint.ts';
import { matchesEvent, matchesTransaction } from '../filters.ts';
import { ReadMask } from '../read-mask.ts';
import { renderCheckpoint } from '../render/checkpoint.ts';
import { renderEvent, renderRecord } from '../render/executed.ts';
import type { ServiceHandlers } from '../service.ts';
import { RpcFailure } from '../status.ts';

/** `sui.rpc.v2.SubscriptionService`: everything from the moment of the call on. */
export function subscriptionService(chain: Chain): ServiceHandlers<SuiGrpcClient['subscriptionService']> {
  return {
    async *subscribeCheckpoints({ readMask, filter }, { signal }) {
      const mask = ReadMask.of(readMask, 'sequence_number,digest', GrpcTypes.Checkpoint);
      for await (const checkpoint of follow(chain, signal)) {
        const transactions = checkpoint.transactions.filter((record) => matchesTransaction(filter, record));
        if (filter !== undefined && transactions.length === 0) continue;
        const shown = renderCheckpoint({ ...checkpoint, transactions }, chain.packages, mask);
        yield { cursor: checkpoint.sequenceNumber, checkpoint: shown };
      }
    },
    async *subscribeTransactions({ readMask, filter }, { signal }) {
      const mask = ReadMask.of(readMask, 'digest', GrpcTypes.ExecutedTransaction);
      for await (const checkpoint of follow(chain, signal)) {
        for (const record of checkpoint.transactions) {
          if (!matchesTransaction(filter, record)) continue;
          yield {
            transaction: renderRecord(chain.packages, record, mask),
            watermark: watermark(checkpoint, 0),
          };
        }
      }
    },
    async *subscribeEvents({ readMask, filter }, { signal }) {
      const mask = ReadMask.of(readMask, 'package_id,module,sender,event_type', GrpcTypes.Event);
      const json = mask.includes('json');
      for await (const checkpoint of follow(chain, signal)) {
        for (const { transaction, result, timestampMs } of checkpoint.transactions) {
          const placement = { checkpoint: checkpoint.sequenceNumber, timestampMs, transactionIndex: 0n };
          for (const [index, event] of result.events.entries()) {
            if (!matchesEvent(filter, event)) continue;
            const shown = renderEvent(chain.packages, event, index, transaction.digest, placement, json);
            yield { event: mask.apply(shown), watermark: watermark(checkpoint, index) };
          }
        }
      }
    },
  };
}

function watermark({ sequenceNumber }: Checkpoint, index: number): GrpcTypes.Watermark {
  return { cursor: Buffer.from(`${sequenceNumber}.${index}`), checkpoint: sequenceNumber };
}

/**
 * Checkpoints as they come. A subscriber is a place in the ledger and nothing more: a slow one reads on later and
 * holds nobody up; one so slow that the ledger has forgotten its place is cut off.
 */
async function* follow(chain: Chain, signal: AbortSignal): AsyncGenerator<Checkpoint, void, undefined> {
  const { ledger } = chain;
  const { history } = ledger;
  let next = ledger.nextSequenceNumber;
  let wake: (() => void) | undefined;
  const stop = ledger.onCheckpoint(() => wake?.());
  const abort = (): void => wake?.();
  signal.addEventListener('abort', abort, { once: true });
  try {
    while (!signal.aborted) {
      if (ledger.history !== history)
        throw new RpcFailure('UNAVAILABLE', 'the network was set back to a snapshot');
      const checkpoint = ledger.checkpoint(next);
      if (checkpoint !== undefined) {
        next++;
        yield checkpoint;
      } else if (next < ledger.lowestAvailable) {
        throw new RpcFailure('RESOURCE_EXHAUSTED', 'the subscriber is too slow');
      } else {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}
