import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { ChainError, isUnavailable } from './errors.ts';
import { decodeCheckpoint, CHECKPOINT_MASK } from './checkpoint.ts';
import type { RawCheckpoint } from './checkpoint.ts';
import { LatestBuffer } from './latest-buffer.ts';
import { nodeCall } from './node-call.ts';
import type { EventBatch, EventSource, FollowOptions } from './types.ts';

export interface EventStreamOptions {
  client: SuiGrpcClient;
  /** Id of the package whose events are wanted; undefined for every package with modules of these names. */
  package: string | undefined;
  /** Live checkpoints kept while the consumer is busy; older ones are fetched again. Default 256. */
  buffer?: number;
  /** Checkpoints fetched at once while catching up. Default 8. */
  parallel?: number;
  /** Without news for this long the node's head is asked for, so a dead stream is noticed. Default 2000. */
  idleMs?: number;
  /** Longest pause between two attempts. Default 5000. */
  maxBackoffMs?: number;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  onTrouble?: (error: unknown) => void;
}

/**
 * The package's events, checkpoint by checkpoint. Live checkpoints come by subscription into a
 * bounded buffer that forgets its oldest entry when the consumer is slow; whatever is missing
 * between two deliveries is read with GetCheckpoint, so nothing is ever skipped and memory is
 * bounded. Several consumers may follow at once; each has a subscription of its own.
 */
export class EventStream implements EventSource {
  readonly #options: Required<Omit<EventStreamOptions, 'onTrouble'>> & Pick<EventStreamOptions, 'onTrouble'>;

  constructor(options: EventStreamOptions) {
    this.#options = {
      buffer: 256,
      parallel: 8,
      idleMs: 2_000,
      maxBackoffMs: 5_000,
      random: Math.random,
      sleep: abortableSleep,
      ...options,
    };
  }

  async *follow({ from, signal }: FollowOptions): AsyncGenerator<EventBatch> {
    let next = from;
    let failures = 0;
    while (!signal.aborted) {
      const live = new LatestBuffer<RawCheckpoint>(this.#options.buffer);
      const connection = new AbortController();
      const stop = (): void => connection.abort();
      signal.addEventListener('abort', stop, { once: true });
      try {
        this.#subscribe(live, connection.signal);
        // Until the first live checkpoint arrives, the head tells how far there is to catch up.
        let target = await this.#head(signal);
        // The head may have moved before the node registered the subscription: look again soon.
        let patience = Math.min(250, this.#options.idleMs);
        for (;;) {
          for await (const raw of this.#fetch(next, target, signal)) {
            yield decodeCheckpoint(raw, this.#options.package);
            next = raw.sequence + 1n;
            failures = 0;
          }
          const news = await live.take(patience, signal);
          if (signal.aborted) return;
          if (news === 'idle') {
            target = await this.#head(signal);
            // The chain moved on and the subscription said nothing: it is dead.
            if (target >= next && patience === this.#options.idleMs) {
              throw new ChainError('unavailable', 'the checkpoint subscription went silent');
            }
            patience = this.#options.idleMs;
          } else if (news.sequence > next) {
            live.putBack(news);
            target = news.sequence - 1n;
          } else if (news.sequence === next) {
            yield decodeCheckpoint(news, this.#options.package);
            next += 1n;
            failures = 0;
            target = news.sequence;
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ChainError && !isUnavailable(error)) throw error;
        this.#options.onTrouble?.(error);
        failures += 1;
        await this.#pause(failures, signal);
      } finally {
        signal.removeEventListener('abort', stop);
        connection.abort();
      }
    }
  }

  /** Pumps the subscription into the buffer until it ends; its end shows as an error in `take`. */
  #subscribe(live: LatestBuffer<RawCheckpoint>, signal: AbortSignal): void {
    const call = this.#options.client.subscriptionService.subscribeCheckpoints(
      { readMask: { paths: CHECKPOINT_MASK } },
      { abort: signal },
    );
    // The stream's own error is what matters; these mirror it and would go unhandled.
    for (const promise of [call.headers, call.status, call.trailers]) promise.then(undefined, () => {});
    const pump = async (): Promise<void> => {
      for await (const message of call.responses) {
        const sequence = message.checkpoint?.sequenceNumber ?? message.cursor;
        if (message.checkpoint === undefined || sequence === undefined) continue;
        live.put({ sequence, checkpoint: message.checkpoint });
      }
    };
    pump().then(
      () => live.fail(new ChainError('unavailable', 'the node ended the checkpoint subscription')),
      (error: unknown) =>
        live.fail(new ChainError('unavailable', 'the checkpoint subscription broke', { cause: error })),
    );
  }

  async #head(signal: AbortSignal): Promise<bigint> {
    const { response } = await nodeCall('GetServiceInfo', { signal }, (abort) =>
      this.#options.client.ledgerService.getServiceInfo({}, { abort }),
    );
    return response.checkpointHeight ?? 0n;
  }

  /** Checkpoints `first` to `last` in order, a few requests in flight. */
  async *#fetch(first: bigint, last: bigint, signal: AbortSignal): AsyncGenerator<RawCheckpoint> {
    const inFlight: Promise<RawCheckpoint>[] = [];
    let ask = first;
    for (let give = first; give <= last; give += 1n) {
      while (ask <= last && inFlight.length < this.#options.parallel) {
        const promise = this.#checkpoint(ask, signal);
        promise.catch(() => {});
        inFlight.push(promise);
        ask += 1n;
      }
      const head = inFlight.shift();
      if (head !== undefined) yield await head;
    }
  }

  async #checkpoint(sequence: bigint, signal: AbortSignal): Promise<RawCheckpoint> {
    const { client } = this.#options;
    try {
      const { response } = await nodeCall(`GetCheckpoint ${sequence}`, { signal }, (abort) =>
        client.ledgerService.getCheckpoint(
          {
            checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: sequence },
            readMask: { paths: CHECKPOINT_MASK },
          },
          { abort },
        ),
      );
      if (response.checkpoint === undefined)
        throw new ChainError('unavailable', `checkpoint ${sequence} came empty`);
      return { sequence, checkpoint: response.checkpoint };
    } catch (error) {
      if (!(error instanceof ChainError) || error.kind !== 'not_found') throw error;
      const info = await nodeCall('GetServiceInfo', { signal }, (abort) =>
        client.ledgerService.getServiceInfo({}, { abort }),
      );
      if (sequence < (info.response.lowestAvailableCheckpoint ?? 0n)) {
        throw new ChainError('not_found', `checkpoint ${sequence} is pruned at this node`, { cause: error });
      }
      // Announced but not served yet: a node a little behind its own head.
      throw new ChainError('unavailable', `checkpoint ${sequence} is not served yet`, { cause: error });
    }
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const bound = Math.min(this.#options.maxBackoffMs, 50 * 2 ** Math.min(failures, 10));
    await this.#options.sleep(bound * (0.5 + this.#options.random() / 2), signal);
  }
}

/** Resolves after `ms` or as soon as `signal` aborts. */
export function abortableSleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
