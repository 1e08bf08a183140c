import type { KeyValueStore } from '../store/types.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import type { RequestEvent, RequestPayload, RequestRecord, RequestResult } from './request-record.ts';
import { isReady } from './request-record.ts';

const PREFIX = '/daas/requests/';

/** Why a payload was not taken. */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
  readonly reason: 'DigestMismatch' | 'RequestExpired' | 'TooManyRequests';
  constructor(reason: RequestRefusedError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

export type WaitOutcome =
  { kind: 'done'; result: RequestResult } | { kind: 'pending' | 'unknown' | 'expired' | 'mismatch' };

export interface RequestBookOptions {
  store: KeyValueStore;
  /** Unix milliseconds. */
  now: () => number;
  /** How long a request may wait for its other half, and a result for its reader. */
  ttlSeconds: number;
  /** Requests without a result that are kept at the same time. */
  maxPending: number;
  /** Whether an event that was dealt with is recognised when it comes again. */
  remembers: boolean;
  /** Whether a payload must be the one whose digest the chain announced. */
  comparesDigests: boolean;
  /** Told once when payload and event of a request have met. */
  onReady: (id: string) => void;
}

/**
 * Matches what gateways hand over with what the chain announces.
 *
 * Each half is durable before it is acknowledged; a result replaces the payload. Everything leaves
 * after the time to live, and an id that left is refused when it comes again.
 */
export class RequestBook {
  readonly #options: RequestBookOptions;
  /** Records; those with a result are kept here without it (bodies stay in the store). */
  readonly #records = new Map<string, RequestRecord>();
  /** Ids that left, with the Unix milliseconds at which to forget even that. */
  readonly #expired = new Map<string, number>();
  readonly #finished = new Set<string>();
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #mutex = new KeyedMutex();
  #events = 0;

  private constructor(options: RequestBookOptions) {
    this.#options = options;
  }

  /** Reads what an earlier run stored. Nothing is reported as ready: see `unfinished`. */
  static async open(options: RequestBookOptions): Promise<RequestBook> {
    const book = new RequestBook(options);
    const { entries } = await options.store.list(PREFIX);
    for (const entry of entries) {
      book.#remember(JSON.parse(Buffer.from(entry.value).toString('utf8')) as RequestRecord);
    }
    return book;
  }

  /** Requests that wait for a half, and results that are still kept. */
  get sizes(): { pending: number; finished: number } {
    return { pending: this.#records.size - this.#finished.size, finished: this.#finished.size };
  }

  /** Ids of an earlier run that are ready and have no result, oldest announcement first. */
  unfinished(): string[] {
    return [...this.#records.values()]
      .filter(isReady)
      .filter((record) => !this.#finished.has(record.id))
      .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
      .map((record) => record.id);
  }

  /** Ids of an earlier run whose result is not known to be on the chain. */
  unanchored(): string[] {
    return [...this.#finished].filter((id) => this.#records.get(id)?.anchored !== true);
  }

  /** The whole record from the store. */
  async load(id: string): Promise<RequestRecord | undefined> {
    const entry = await this.#options.store.get(PREFIX + id);
    return entry && (JSON.parse(Buffer.from(entry.value).toString('utf8')) as RequestRecord);
  }

  /** A payload from a gateway. The same one again is accepted. Throws RequestRefusedError. */
  async offer(id: string, gateway: string, payload: RequestPayload, digest: string): Promise<void> {
    await this.#mutex.run(id, async () => {
      if (this.#expired.has(id)) throw new RequestRefusedError('RequestExpired', `request ${id} is over`);
      const known = this.#records.get(id);
      if (known?.payload_digest !== undefined && known.mismatch === undefined) {
        if (known.payload_digest === digest && known.gateway === gateway) return;
        throw new RequestRefusedError('DigestMismatch', `request ${id} has another payload`);
      }
      if (known?.event !== undefined && this.#differ(known.event.payload_digest, digest)) {
        throw new RequestRefusedError('DigestMismatch', 'the chain announced another payload');
      }
      if (known === undefined) this.#makeRoom();
      const base: RequestRecord = known ?? { id, received_at: this.#options.now() };
      const { mismatch: _, ...rest } = base;
      await this.#save({ ...rest, gateway, payload, payload_digest: digest });
      if (known?.event !== undefined) this.#options.onReady(id);
    });
  }

  /** The chain's event. Answers whether it was news (false: seen before, or too old to act on). */
  async announce(event: RequestEvent): Promise<boolean> {
    const id = event.request_id;
    const order = (this.#events += 1);
    return await this.#mutex.run(id, async () => {
      const known = this.#records.get(id);
      const seen = known?.event !== undefined || this.#expired.has(id);
      if (seen && this.#options.remembers) return false;
      if (this.#options.now() - event.timestamp_ms > this.#ttlMs) return false;
      const base = seen ? await this.#again(id) : (known ?? { id, received_at: this.#options.now() });
      if (base.payload_digest !== undefined && this.#differ(base.payload_digest, event.payload_digest)) {
        const { payload: _, ...rest } = base;
        await this.#save({ ...rest, event, order, mismatch: true });
        this.#wake(id);
        return true;
      }
      await this.#save({ ...base, event, order });
      if (base.payload !== undefined) this.#options.onReady(id);
      return true;
    });
  }

  /** Stores the result; from here on the request cannot run again. */
  async complete(id: string, result: RequestResult): Promise<void> {
    await this.#mutex.run(id, async () => {
      const known = this.#records.get(id);
      if (known === undefined) return;
      const { payload, ...rest } = known;
      const kept = this.#options.remembers || payload === undefined ? rest : { ...rest, payload };
      await this.#save({ ...kept, result });
      this.#wake(id);
    });
  }

  /** Notes that the result is on the chain. */
  async markAnchored(id: string): Promise<void> {
    await this.#mutex.run(id, async () => {
      const record = await this.load(id);
      if (record !== undefined) await this.#save({ ...record, anchored: true });
    });
  }

  /** Waits at most `timeoutMs` for the result of a request that `gateway` handed over. */
  async wait(id: string, gateway: string, timeoutMs: number, signal: AbortSignal): Promise<WaitOutcome> {
    const state = this.#stateFor(id, gateway);
    if (state === 'pending' && timeoutMs > 0) await this.#change(id, timeoutMs, signal);
    const after = this.#stateFor(id, gateway);
    if (after !== 'done') return { kind: after };
    const result = (await this.load(id))?.result;
    return result === undefined ? { kind: 'expired' } : { kind: 'done', result };
  }

  /** Drops what is older than the time to live. */
  async sweep(): Promise<void> {
    const now = this.#options.now();
    for (const [id, until] of this.#expired) if (until <= now) this.#expired.delete(id);
    for (const id of this.#records.keys()) {
      await this.#mutex.run(id, async () => {
        const record = this.#records.get(id);
        if (record === undefined || now - record.received_at <= this.#ttlMs) return;
        await this.#options.store.delete(PREFIX + id);
        this.#records.delete(id);
        this.#finished.delete(id);
        this.#expired.set(id, now + this.#ttlMs);
        this.#wake(id);
      });
    }
  }

  #differ(left: string, right: string): boolean {
    return this.#options.comparesDigests && left !== right;
  }

  get #ttlMs(): number {
    return this.#options.ttlSeconds * 1000;
  }

  /** Only without memory: the request as if it had not run. */
  async #again(id: string): Promise<RequestRecord> {
    const {
      result: _result,
      anchored: _anchored,
      ...fresh
    } = (await this.load(id)) ?? { id, received_at: 0 };
    this.#finished.delete(id);
    return { ...fresh, received_at: this.#options.now() };
  }

  #stateFor(id: string, gateway: string): 'done' | 'pending' | 'unknown' | 'expired' | 'mismatch' {
    if (this.#expired.has(id)) return 'expired';
    const record = this.#records.get(id);
    if (record === undefined || record.gateway !== gateway) return 'unknown';
    if (record.mismatch) return 'mismatch';
    return this.#finished.has(id) ? 'done' : 'pending';
  }

  #makeRoom(): void {
    if (this.sizes.pending >= this.#options.maxPending) {
      throw new RequestRefusedError('TooManyRequests', 'too many requests are waiting');
    }
  }

  async #save(record: RequestRecord): Promise<void> {
    await this.#options.store.put(PREFIX + record.id, Buffer.from(JSON.stringify(record)), {
      // Twice: an event read again after a restart must still find what was done about it.
      ttlSeconds: 2 * this.#options.ttlSeconds,
    });
    this.#remember(record);
  }

  #remember(record: RequestRecord): void {
    const { result, ...rest } = record;
    this.#events = Math.max(this.#events, record.order ?? 0);
    this.#records.set(record.id, rest);
    if (result !== undefined) this.#finished.add(record.id);
  }

  #wake(id: string): void {
    for (const waiter of this.#waiters.get(id) ?? []) waiter();
  }

  async #change(id: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      waiters.delete(resolve);
      if (waiters.size === 0) this.#waiters.delete(id);
    }
  }
}
