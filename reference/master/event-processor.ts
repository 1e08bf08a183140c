import type { ChainEvent, EventBatch, EventSource } from '../chain/types.ts';
import { encodeBase64url } from '../protocol/base64url.ts';
import type { Logger } from '../protocol/logger.ts';
import type { Cursor } from './cursor.ts';
import type { MasterMetrics } from './metrics.ts';
import type { RequestBook } from './request-book.ts';
import type { RequestEvent } from './request-record.ts';
import type { WorkerRegistry } from './worker-registry.ts';

/** Checkpoints without events after which the cursor is written all the same. */
const CURSOR_EVERY = 100n;

export interface EventProcessorDeps {
  events: EventSource;
  cursor: Cursor;
  book: Pick<RequestBook, 'announce'>;
  registry: Pick<WorkerRegistry, 'slash' | 'withdraw' | 'revoke' | 'shorten'>;
  /** Told of every event before anything else is done about it. */
  observers: readonly ((event: ChainEvent) => void)[];
  /** Whether the requests for a NautilusEndpoint, by its id, are this master's to run. */
  serves: (endpoint: string) => boolean;
  /** Checkpoints to go back at a start; none, since the cursor is exact. */
  rewind: bigint;
  /** Unix milliseconds. */
  now: () => number;
  metrics: MasterMetrics;
  log: Logger;
}

/**
 * Takes in the chain's events in checkpoint order. Whatever an event asks for is durable before the
 * cursor moves past it, and a second look at an event changes nothing: at least once from the chain
 * becomes exactly once here.
 */
export class EventProcessor {
  readonly #deps: EventProcessorDeps;
  #written: bigint | undefined;

  constructor(deps: EventProcessorDeps) {
    this.#deps = deps;
  }

  /** Runs until `signal` aborts. `startAt` is where a master without a cursor begins. */
  async run(startAt: () => Promise<bigint>, signal: AbortSignal): Promise<void> {
    this.#written = await this.#deps.cursor.read();
    const next = this.#written === undefined ? await startAt() : this.#written + 1n;
    const from = next > this.#deps.rewind ? next - this.#deps.rewind : 0n;
    this.#deps.log.info({ from: String(from) }, 'following the chain');
    for await (const batch of this.#deps.events.follow({ from, signal })) {
      if (signal.aborted) return;
      await this.take(batch);
    }
  }

  /** Takes in one checkpoint. */
  async take(batch: EventBatch): Promise<void> {
    // Requests that follow each other are stored together: the store keeps the order of the calls.
    const requests: Promise<void>[] = [];
    for (const event of batch.events) {
      if (event.name === 'K8sAPIRequest') {
        requests.push(this.apply(event));
      } else {
        await Promise.all(requests.splice(0));
        await this.apply(event);
      }
      this.#deps.metrics.chainEvent(event.name);
    }
    await Promise.all(requests);
    const due = this.#written === undefined || batch.checkpoint - this.#written >= CURSOR_EVERY;
    if (batch.events.length > 0 || due) {
      await this.#deps.cursor.write(batch.checkpoint);
      this.#written = batch.checkpoint;
    }
    this.#deps.metrics.eventLag((this.#deps.now() - batch.timestampMs) / 1000);
  }

  /** Acts on one event. */
  async apply(event: ChainEvent): Promise<void> {
    const { registry, metrics } = this.#deps;
    for (const observer of this.#deps.observers) observer(event);
    switch (event.name) {
      case 'K8sAPIRequest':
        return await this.#request(event);
      case 'StakeEvent':
        return metrics.stakeOperation('stake');
      case 'SlashEvent':
        metrics.stakeOperation('slash');
        return await registry.slash(text(event, 'record'));
      case 'UnstakeEvent':
        metrics.stakeOperation('withdraw');
        return await registry.withdraw(text(event, 'record'));
      case 'SealTokenRevoked':
        return await registry.revoke(text(event, 'token'));
      case 'SealTokenShortened':
        return await registry.shorten(text(event, 'token'), Number(event.data['expires_at']));
    }
  }

  async #request(event: ChainEvent): Promise<void> {
    const { serves, book, log } = this.#deps;
    if (!serves(text(event, 'nautilus_endpoint'))) return;
    const request: RequestEvent = {
      request_id: text(event, 'request_id'),
      token: text(event, 'token'),
      method: text(event, 'method'),
      path: text(event, 'path'),
      namespace: text(event, 'namespace'),
      resource_type: text(event, 'resource_type'),
      payload_digest: digest(event.data['payload_digest']),
      requester: text(event, 'requester'),
      timestamp_ms: Number(event.data['timestamp_ms']),
    };
    const news = await book.announce(request);
    const { request_id, method, path } = request;
    log.info({ request_id, method, path, tx: event.txDigest, news }, 'request announced on chain');
  }
}

function text(event: ChainEvent, field: string): string {
  const value = event.data[field];
  if (typeof value !== 'string') throw new TypeError(`${event.name}.${field} is not a string`);
  return value;
}

/** Event decoders give a vector<u8> as bytes or as a list of numbers. */
function digest(value: unknown): string {
  if (value instanceof Uint8Array) return encodeBase64url(value);
  if (Array.isArray(value)) return encodeBase64url(Uint8Array.from(value as number[]));
  throw new TypeError('payload_digest is not bytes');
}
