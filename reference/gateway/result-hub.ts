import type { ChainEvent } from '../chain/types.ts';
import type { RecordedResult } from './response-check.ts';

/** Brings the chain's K8sAPIResult events to those who wait for them. */
export class ResultHub {
  readonly #waiting = new Map<string, (result: RecordedResult) => void>();

  /** Waits from now on; call before the request goes on chain. Rejects with the signal's reason. */
  wait(requestId: string, signal: AbortSignal): Promise<RecordedResult> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordedResult>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#waiting.set(requestId, resolve);
    const done = promise.finally(() => {
      signal.removeEventListener('abort', stop);
      this.#waiting.delete(requestId);
    });
    // Whoever waits may have left by another door already.
    done.catch(() => {});
    return done;
  }

  get size(): number {
    return this.#waiting.size;
  }

  observe(event: ChainEvent): void {
    if (event.name !== 'K8sAPIResult') return;
    const { data } = event;
    const requestId = String(data['request_id']);
    this.#waiting.get(requestId)?.({
      requestId,
      endpoint: String(data['nautilus_endpoint']),
      statusCode: Number(data['status_code']),
      bodyDigest: toBytes(data['body_digest']),
      keyVersion: BigInt(String(data['key_version'])),
    });
  }
}

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Array.isArray(value) ? Uint8Array.from(value as number[]) : new Uint8Array();
}
