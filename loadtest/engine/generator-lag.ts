import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/** Measures how late the generator itself is: from this lag on, latencies say more of it than of the server. */
export class GeneratorLag implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  /** Milliseconds by which timers of this process came late, at the 99th percentile. */
  get p99Ms(): number {
    return Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION_MS);
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
