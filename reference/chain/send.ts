import { ChainError } from './errors.ts';
import { abortableSleep } from './event-stream.ts';
import { grpcStatus, nodeCall } from './node-call.ts';

/** Pauses between attempts, milliseconds. */
const PAUSES = [50, 150, 300];

/**
 * Sends a signed transaction, again when the answer is lost: the same bytes have the same digest
 * and take effect once. Rejects with `unavailable` only when every attempt was turned away before
 * it could matter, with `outcome_unknown` when one of them may have arrived.
 */
export async function sendIdempotently<T>(
  totalMs: number,
  send: (signal: AbortSignal) => PromiseLike<T>,
): Promise<T> {
  const ends = performance.now() + totalMs;
  let mayHaveArrived = false;
  for (let attempt = 0; ; attempt++) {
    const left = ends - performance.now();
    try {
      return await nodeCall('ExecuteTransaction', { deadlineMs: Math.max(1, left) }, send);
    } catch (error) {
      if (!(error instanceof ChainError) || error.kind !== 'unavailable') throw error;
      mayHaveArrived ||= !wasTurnedAway(error);
      const pause = PAUSES[attempt];
      if (pause === undefined || performance.now() + pause >= ends) {
        throw mayHaveArrived
          ? new ChainError('outcome_unknown', 'no answer about a transaction that was sent', { cause: error })
          : error;
      }
      await abortableSleep(pause, AbortSignal.timeout(pause + 1_000));
    }
  }
}

/** The node said so itself, or there was no connection at all. */
function wasTurnedAway(error: ChainError): boolean {
  if (grpcStatus(error) === 'UNAVAILABLE') return true;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if ('code' in at && (at.code === 'ECONNREFUSED' || at.code === 'ENOTFOUND')) return true;
  }
  return false;
}
