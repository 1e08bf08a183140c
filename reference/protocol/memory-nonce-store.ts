import type { Clock } from './clock.ts';
import { MinHeap } from './min-heap.ts';
import type { NonceOutcome, NonceStore } from './nonce-store.ts';

/** Nonces in this process's memory, at most `capacity` of them. */
export class MemoryNonceStore implements NonceStore {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #values = new Map<string, string>();
  readonly #ends = new MinHeap<string>();
  /** Latest time up to which entries were dropped. */
  #forgottenMs = 0;

  constructor(options: { clock: Clock; capacity: number }) {
    this.#clock = options.clock;
    this.#capacity = options.capacity;
  }

  /** Entries held now. */
  get size(): number {
    return this.#values.size;
  }

  /** No await between look and put: one call is one turn of the event loop, hence atomic. */
  putIfAbsent(key: string, value: string, untilMs: number): Promise<NonceOutcome> {
    return Promise.resolve(this.#put(key, value, untilMs));
  }

  #put(key: string, value: string, untilMs: number): NonceOutcome {
    this.#drop(this.#clock.nowMs());
    const present = this.#values.get(key);
    if (present !== undefined) return { status: 'present', value: present };
    // The clock may have been set back: what ended before the latest sweep may have been here and left.
    if (untilMs <= this.#forgottenMs) return { status: 'forgotten' };
    if (this.#values.size >= this.#capacity) return { status: 'full', retryAfterSeconds: this.#roomIn() };
    this.#values.set(key, value);
    this.#ends.push(untilMs, key);
    return { status: 'stored' };
  }

  #drop(nowMs: number): void {
    if (nowMs <= this.#forgottenMs) return;
    this.#forgottenMs = nowMs;
    for (let end = this.#ends.peek(); end !== undefined && end.order <= nowMs; end = this.#ends.peek()) {
      this.#ends.pop();
      this.#values.delete(end.item);
    }
  }

  /** Seconds until the first entry leaves. */
  #roomIn(): number {
    const first = this.#ends.peek()?.order ?? this.#forgottenMs;
    return Math.max(1, Math.ceil((first - this.#forgottenMs) / 1000));
  }
}
