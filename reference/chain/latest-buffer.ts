/**
 * A queue that keeps the newest `capacity` items and forgets the oldest ones: for items that can
 * be fetched again, where only the newest one's existence must not be missed.
 */
export class LatestBuffer<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  put(item: T): void {
    if (this.#items.length >= this.#capacity) this.#items.shift();
    this.#items.push(item);
    this.#wake?.();
  }

  /** Gives an item back to the front, also above the capacity. */
  putBack(item: T): void {
    this.#items.unshift(item);
  }

  /** Ends the queue: once it is empty, `take` throws `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  /** The oldest item; 'idle' after `ms` without one or when `signal` aborts. One taker at a time. */
  async take(ms: number, signal: AbortSignal): Promise<T | 'idle'> {
    if (this.#items.length === 0 && this.#failure === undefined && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#wake = undefined;
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
        this.#wake = done;
      });
    }
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#failure !== undefined) throw this.#failure;
    return 'idle';
  }
}
