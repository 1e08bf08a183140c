interface Bucket {
  tokens: number;
  atMs: number;
}

export interface RateLimitOptions {
  perSecond: number;
  burst: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** A token bucket for each wallet. A full bucket is the same as none, so memory is bounded by traffic. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #sweptMs = 0;

  constructor({ perSecond, burst, now = () => performance.now() }: RateLimitOptions) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#now = now;
  }

  /** 0 when the request may pass, else the whole seconds to wait. */
  take(key: string): number {
    const now = this.#now();
    this.#sweep(now);
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, atMs: now };
    bucket.tokens = this.#refilled(bucket, now);
    bucket.atMs = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
    bucket.tokens -= 1;
    return 0;
  }

  #refilled({ tokens, atMs }: Bucket, now: number): number {
    return Math.min(this.#burst, tokens + ((now - atMs) / 1_000) * this.#perSecond);
  }

  /** Forgets buckets that are full again, once in the time it takes to fill one. */
  #sweep(now: number): void {
    if (now - this.#sweptMs < (this.#burst / this.#perSecond) * 1_000) return;
    this.#sweptMs = now;
    for (const [key, bucket] of this.#buckets) {
      if (this.#refilled(bucket, now) >= this.#burst) this.#buckets.delete(key);
    }
  }
}
