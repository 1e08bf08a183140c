import { RpcFailure } from './status.ts';

export type OutageMode = 'unavailable' | 'hang';

/** Makes gRPC calls fail or wait for a while, as a broken network in front of the node would. */
export class OutageGate {
  #mode: OutageMode | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = Promise.resolve();
  #end: () => void = () => {};
  readonly #interruptions = new Set<(reason: RpcFailure) => void>();

  get mode(): OutageMode | undefined {
    return this.#mode;
  }

  /** Starts an outage, in place of one that may be going on. `seconds` of 0 ends it. */
  begin(mode: OutageMode, seconds: number): void {
    this.end();
    if (seconds <= 0) return;
    this.#mode = mode;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#end = resolve;
    this.#timer = setTimeout(() => this.end(), seconds * 1000);
    this.#timer.unref();
    if (mode === 'unavailable') for (const interrupt of this.#interruptions) interrupt(unavailable());
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#mode = undefined;
    this.#end();
  }

  /** Lets a call through, now or when it may go on. Throws RpcFailure UNAVAILABLE, or the signal's reason. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#mode !== undefined) {
      if (this.#mode === 'unavailable') throw unavailable();
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      try {
        await Promise.race([this.#ended, promise]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    }
  }

  /** Calls back when calls that are under way must break off. Returns the way to stop listening. */
  onInterruption(listener: (reason: RpcFailure) => void): () => void {
    this.#interruptions.add(listener);
    return () => this.#interruptions.delete(listener);
  }
}

function unavailable(): RpcFailure {
  return new RpcFailure('UNAVAILABLE', 'the node is unavailable');
}
