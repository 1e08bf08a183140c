export interface BackoffOptions {
  /** First pause, milliseconds. */
  baseMs: number;
  /** Longest pause, milliseconds. */
  maxMs: number;
  /** 0 ≤ random() < 1. */
  random: () => number;
}

/**
 * Exponential backoff with jitter: the n-th pause lies between half of and the whole of
 * `baseMs · 2^n`, at most `maxMs`. A Retry-After longer than that wins and only grows by jitter,
 * so that a server's wish is never undercut and the herd is still spread.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Failures since the last `reset`. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts one more failure and answers how long to wait, in milliseconds. */
  next(retryAfterSeconds?: number): number {
    const { baseMs, maxMs, random } = this.#options;
    const bound = Math.min(maxMs, baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    const pause = bound * (0.5 + random() / 2);
    if (retryAfterSeconds === undefined) return pause;
    const wish = retryAfterSeconds * 1000;
    return wish > pause ? wish + baseMs * random() : pause;
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** Whole seconds of a Retry-After header: delta seconds or an HTTP date. Undefined when it says nothing usable. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1000));
}
