import type { Clock } from '../protocol/clock.ts';
import type { NonceOutcome, NonceStore } from '../protocol/nonce-store.ts';
import { ConflictError, StoreFullError } from '../store/types.ts';
import type { KeyValueStore } from '../store/types.ts';

const PREFIX = '/nonces/';

/**
 * Used nonces in a store of their own, so that a restart or another replica knows them too. The
 * store's bounds are the bounds on nonces, and it lets go of them when their time is over.
 */
export class DurableNonceStore implements NonceStore {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  /** Writes under way: the store shows them to nobody before they are durable. */
  readonly #writing = new Map<string, { value: string; done: Promise<unknown> }>();
  /** Latest time seen: a clock that is set back does not bring forgotten nonces back. */
  #latestMs = 0;

  constructor(options: { store: KeyValueStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** The store's compare-and-set decides which of many copies is the first. */
  async putIfAbsent(key: string, value: string, untilMs: number): Promise<NonceOutcome> {
    this.#latestMs = Math.max(this.#latestMs, this.#clock.nowMs());
    if (untilMs <= this.#latestMs) return { status: 'forgotten' };
    // A session's nonce comes again with every request: look before trying to write.
    const known = await this.#store.get(PREFIX + key);
    if (known !== undefined) return { status: 'present', value: textOf(known.value) };
    const first = this.#writing.get(key);
    if (first !== undefined) {
      await first.done;
      return { status: 'present', value: first.value };
    }
    const ttlSeconds = Math.ceil((untilMs - this.#clock.nowMs()) / 1000);
    const written = this.#store.put(PREFIX + key, Buffer.from(value, 'utf8'), { expected: 0, ttlSeconds });
    this.#writing.set(key, { value, done: written.catch(() => undefined) });
    try {
      await written;
      return { status: 'stored' };
    } catch (error) {
      if (error instanceof StoreFullError) return { status: 'full', retryAfterSeconds: 5 };
      if (!(error instanceof ConflictError)) throw error;
    } finally {
      this.#writing.delete(key);
    }
    const present = await this.#store.get(PREFIX + key);
    // Gone between the two calls: its time was over, and so is this one's.
    if (present === undefined) return { status: 'forgotten' };
    return { status: 'present', value: textOf(present.value) };
  }
}

function textOf(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}
