import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  /** Unix milliseconds of the last refill. */
  at: number;
}

export interface RateLimiterOptions {
  perSecond: number;
  burst: number;
  /** Unix milliseconds. */
  now: () => number;
}

/** A token bucket for each key. Buckets idle long enough to be full again are the first to be forgotten. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  // Bounded by size, as `max` takes the memory of all entries at once.
  readonly #buckets = new LRUCache<string, Bucket>({ maxSize: 100_000, sizeCalculation: () => 1 });

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  /** Undefined when the request may pass, else the whole seconds after which it may. */
  take(key: string): number | undefined {
    const { perSecond, burst, now } = this.#options;
    const at = now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at };
    const elapsed = Math.max(0, at - bucket.at) / 1000;
    bucket.tokens = Math.min(burst, bucket.tokens + elapsed * perSecond);
    bucket.at = at;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return undefined;
  }
}
