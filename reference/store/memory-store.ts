import type { Clock } from '../protocol/clock.ts';
import { systemClock } from '../protocol/clock.ts';
import { MinHeap } from '../protocol/min-heap.ts';
import type { HistoryLimits } from './history.ts';
import { strictPolicy, type StoreLimits, type StorePolicy } from './store-policy.ts';
import { entrySize, StoreState, type StoreRecord } from './store-state.ts';
import {
  ConflictError,
  StoreFullError,
  type Change,
  type Entry,
  type KeyValueStore,
  type ListOptions,
  type ListResult,
  type PutOptions,
} from './types.ts';
import { WatchHub } from './watch-hub.ts';

/** Makes a write durable before anybody sees it. Resolves in the order of the calls. */
export interface Journal {
  append(record: StoreRecord): Promise<void>;
}

export interface MemoryStoreOptions {
  clock?: Clock;
  limits?: Partial<StoreLimits>;
  history?: Partial<HistoryLimits>;
  policy?: StorePolicy;
  /** Without one, writes are applied at once. */
  journal?: Journal;
  /** State to go on from; `history` is its own then. */
  state?: StoreState;
  /** Milliseconds between two looks for expired entries while nothing else happens; 0: none. Default 1000. */
  sweepIntervalMs?: number;
}

/** The store was closed, or its journal failed, which it does not get over. */
export class StoreClosedError extends Error {
  override readonly name = 'StoreClosedError';
}

/** What the newest write of a key left, whether or not it is applied yet. */
interface Head {
  /** 0 when deleted. */
  revision: number;
  created: number;
  size: number;
  expiresAtMs: number;
  /** Resolves once readers see it, or it is known to have failed; undefined when that is so already. */
  applied?: Promise<void>;
}

const ABSENT: Head = { revision: 0, created: 0, size: 0, expiresAtMs: Infinity };

/**
 * A KeyValueStore in memory. Values are copied in, and are shared on the way out: readers must not
 * change them. Reads see applied writes only, that is durable ones when there is a journal.
 */
export class MemoryStore implements KeyValueStore {
  readonly #clock: Clock;
  readonly #limits: StoreLimits;
  readonly #policy: StorePolicy;
  readonly #journal: Journal | undefined;
  readonly #state: StoreState;
  readonly #watches: WatchHub;
  /** Keys with writes that are journalled but not applied yet. */
  readonly #pending = new Map<string, Head>();
  readonly #expiries = new MinHeap<string>();
  readonly #sweeper: NodeJS.Timeout | undefined;
  #headRevision: number;
  #headEntries: number;
  #headBytes: number;
  #closed: StoreClosedError | undefined;

  constructor(options: MemoryStoreOptions = {}) {
    const { clock = systemClock, limits, history, policy = strictPolicy, sweepIntervalMs = 1000 } = options;
    this.#clock = clock;
    this.#limits = { entries: 1_000_000, bytes: 1 << 30, ...limits };
    this.#policy = policy;
    this.#journal = options.journal;
    this.#state = options.state ?? new StoreState({ changes: 50_000, bytes: 64 << 20, ...history });
    this.#watches = new WatchHub(this.#state);
    this.#headRevision = this.#state.revision;
    this.#headEntries = this.#state.size;
    this.#headBytes = this.#state.bytes;
    for (const record of this.#state.records()) this.#expect(record.key, record.expiresAtMs);
    if (sweepIntervalMs > 0) this.#sweeper = setInterval(() => this.expireDue(), sweepIntervalMs).unref();
  }

  get revision(): number {
    return this.#state.revision;
  }

  /** Entries, bytes and open watches, for metrics. */
  get usage(): { entries: number; bytes: number; watches: number } {
    return { entries: this.#state.size, bytes: this.#state.bytes, watches: this.#watches.size };
  }

  async get(key: string): Promise<Entry | undefined> {
    this.expireDue();
    return this.#state.get(key);
  }

  async list(prefix: string, options?: ListOptions): Promise<ListResult> {
    this.expireDue();
    return this.#state.list(prefix, options);
  }

  async put(key: string, value: Uint8Array, options: PutOptions = {}): Promise<Entry> {
    this.#requireOpen();
    this.expireDue();
    const head = this.#head(key);
    if (!this.#fits(options.expected, head)) throw await this.#conflict(key, options.expected, head);
    this.#requireRoom(key, value, head);
    const revision = this.#headRevision + 1;
    const { ttlSeconds } = options;
    const expiresAtMs = ttlSeconds === undefined ? Infinity : this.#clock.nowMs() + ttlSeconds * 1000;
    const created = head.revision === 0 ? revision : head.created;
    const copy = Uint8Array.from(value);
    const change = await this.#commit(
      { type: 'put', key, value: copy, revision, created, expiresAtMs },
      head,
    );
    if (change.type !== 'put') throw new Error('a put made no put');
    return change.entry;
  }

  async delete(key: string, options: { expected?: number } = {}): Promise<Entry | undefined> {
    this.#requireOpen();
    this.expireDue();
    const head = this.#head(key);
    if (!this.#fits(options.expected, head)) throw await this.#conflict(key, options.expected, head);
    if (head.revision === 0) return undefined;
    return (await this.#remove(key, head)).previous;
  }

  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Change> {
    const watch = this.#watches.watch(prefix, after, signal);
    if (this.#closed) this.#watches.close();
    return watch;
  }

  /** Deletes what has outlived its time. Called by every operation and by a timer. */
  expireDue(): void {
    const now = this.#clock.nowMs();
    for (let due = this.#expiries.peek(); due && due.order <= now; due = this.#expiries.peek()) {
      if (this.#closed) return;
      this.#expiries.pop();
      const head = this.#head(due.item);
      // The entry may have been written again since, with another time or none.
      if (head.revision === 0 || head.expiresAtMs !== due.order) continue;
      this.#remove(due.item, head).catch(() => undefined);
    }
  }

  /** Ends all watches and refuses writes from now on. Does not wait for the journal. */
  async close(): Promise<void> {
    this.#close(new StoreClosedError('the store is closed'));
  }

  #close(reason: StoreClosedError): void {
    this.#closed ??= reason;
    clearInterval(this.#sweeper);
    this.#watches.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw this.#closed;
  }

  #fits(expected: number | undefined, head: Head): boolean {
    return this.#policy.expectedFits(expected, head.revision);
  }

  /** Known only once readers see the write that is in the way: whoever reads and tries again would meet it for ever. */
  async #conflict(key: string, expected: number | undefined, head: Head): Promise<ConflictError> {
    await head.applied;
    return new ConflictError(key, expected ?? 0, head.revision);
  }

  #requireRoom(key: string, value: Uint8Array, head: Head): void {
    const grows = entrySize(key, value) - head.size;
    const adds = head.revision === 0 ? 1 : 0;
    for (;;) {
      const full =
        (adds > 0 && this.#headEntries + adds > this.#limits.entries) ||
        (grows > 0 && this.#headBytes + grows > this.#limits.bytes);
      if (!full) return;
      const victim = this.#policy.victim(this.#state);
      const given = victim === undefined ? ABSENT : this.#head(victim);
      if (victim === undefined || given.revision === 0) {
        const { entries, bytes } = this.#limits;
        throw new StoreFullError(`no room for ${key}: at most ${entries} entries and ${bytes} bytes`);
      }
      this.#remove(victim, given).catch(() => undefined);
    }
  }

  #head(key: string): Head {
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const entry = this.#state.get(key);
    if (!entry) return ABSENT;
    const { revision, created } = entry;
    return { revision, created, size: entrySize(key, entry.value), expiresAtMs: this.#state.expiryOf(key) };
  }

  #remove(key: string, head: Head): Promise<Change> {
    return this.#commit({ type: 'delete', key, revision: this.#headRevision + 1 }, head);
  }

  /** Counts the write in at once, so that later ones are decided on top of it; applies it when durable. */
  async #commit(record: StoreRecord, before: Head): Promise<Change> {
    const { key, revision } = record;
    const put = record.type === 'put';
    const size = put ? entrySize(key, record.value) : 0;
    this.#headRevision = revision;
    this.#headBytes += size - before.size;
    this.#headEntries += (put ? 1 : 0) - (before.revision === 0 ? 0 : 1);
    if (put) this.#expect(key, record.expiresAtMs);
    if (!this.#journal) return this.#apply(record);
    const applied = Promise.withResolvers<void>();
    const left = put
      ? { revision, created: record.created, size, expiresAtMs: record.expiresAtMs }
      : { ...ABSENT };
    const head: Head = { ...left, applied: applied.promise };
    this.#pending.set(key, head);
    try {
      await this.#journal.append(record);
      if (this.#pending.get(key) === head) this.#pending.delete(key);
      return this.#apply(record);
    } catch (cause) {
      // Later writes were decided on top of this one; there is no way back but a restart.
      this.#close(new StoreClosedError('the journal failed', { cause }));
      throw cause;
    } finally {
      applied.resolve();
    }
  }

  #apply(record: StoreRecord): Change {
    const change = this.#state.apply(record);
    this.#watches.publish(change);
    return change;
  }

  #expect(key: string, expiresAtMs: number): void {
    if (expiresAtMs !== Infinity) this.#expiries.push(expiresAtMs, key);
  }
}
