import { build, type Histogram } from 'hdr-histogram-js';

/** Microseconds: the histogram counts whole numbers. */
const SCALE = 1000;
const HIGHEST_MS = 600_000;

/**
 * Latencies in an HDR histogram with three significant digits. A request that failed is slower than any that was
 * served: percentiles count it, so that a server cannot look fast by refusing.
 */
export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_MS * SCALE,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  #failed = 0;

  record(ms: number): void {
    this.#histogram.recordValue(Math.min(Math.max(1, Math.round(ms * SCALE)), HIGHEST_MS * SCALE));
  }

  fail(count = 1): void {
    this.#failed += count;
  }

  get served(): number {
    return this.#histogram.totalCount;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Milliseconds within which this share (0 to 1) of all requests was served; null when failures reach into it. */
  percentile(share: number): number | null {
    const all = this.served + this.#failed;
    const rank = Math.max(1, Math.ceil(all * share));
    if (this.served === 0 || rank > this.served) return null;
    return this.#histogram.getValueAtPercentile((rank / this.served) * 100) / SCALE;
  }

  /** The slowest that was served. */
  get max(): number | null {
    return this.served === 0 ? null : this.#histogram.maxValue / SCALE;
  }
}
