import type { Clock } from '../protocol/clock.ts';
import type { NonceOutcome, NonceStore } from '../protocol/nonce-store.ts';

/**
 * Ends sessions at their `exp`: the skew lets a fresh credential of a slow clock in, but one that was
 * used before is known to be over.
 */
export class SessionNonces implements NonceStore {
  readonly #inner: NonceStore;
  readonly #clock: Clock;
  readonly #skewMs: number;

  constructor(inner: NonceStore, options: { clock: Clock; clockSkewSeconds: number }) {
    this.#inner = inner;
    this.#clock = options.clock;
    this.#skewMs = options.clockSkewSeconds * 1_000;
  }

  /** `untilMs` is the credential's `exp` plus the skew. */
  async putIfAbsent(key: string, value: string, untilMs: number): Promise<NonceOutcome> {
    const outcome = await this.#inner.putIfAbsent(key, value, untilMs);
    const over = this.#clock.nowMs() >= untilMs - this.#skewMs;
    return outcome.status === 'present' && over ? { status: 'forgotten' } : outcome;
  }
}
