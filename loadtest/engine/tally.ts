import { Latencies } from './latencies.ts';
import type { Second, Traffic, TrafficResult } from './traffic.ts';

/** Counts what became of one traffic, altogether and second by second. */
export class Tally {
  readonly #traffic: Traffic;
  readonly #all = new Latencies();
  readonly #seconds = new Map<number, Latencies>();
  readonly #statuses: Record<string, number> = {};
  #servedInTime = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  /** One request: `ms` since it was meant to be sent, `atMs` since the run began; status 0 when no answer came. */
  count(outcome: { status: number; served: boolean; ms: number; atMs: number }): void {
    const { status, served, ms, atMs } = outcome;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    const second = this.#second(Math.floor(atMs / 1000));
    if (served) {
      this.#all.record(ms);
      second.record(ms);
      if (atMs <= this.#traffic.seconds * 1000) this.#servedInTime += 1;
    } else {
      this.#all.fail();
      second.fail();
    }
  }

  /** Requests that were never sent, or never ended. */
  lost(requests: number): void {
    if (requests <= 0) return;
    this.#all.fail(requests);
    this.#statuses[0] = (this.#statuses[0] ?? 0) + requests;
  }

  get result(): TrafficResult {
    const { name, title, rate, seconds } = this.#traffic;
    const all = this.#all;
    return {
      name,
      title,
      rate,
      seconds,
      intended: all.served + all.failed,
      served: all.served,
      failed: all.failed,
      statuses: { ...this.#statuses },
      per_second: Math.round((this.#servedInTime / seconds) * 10) / 10,
      p50_ms: rounded(all.percentile(0.5)),
      p90_ms: rounded(all.percentile(0.9)),
      p95_ms: rounded(all.percentile(0.95)),
      p99_ms: rounded(all.percentile(0.99)),
      p999_ms: rounded(all.percentile(0.999)),
      max_ms: all.failed > 0 ? null : rounded(all.max),
      series: [...this.#seconds].toSorted(([one], [other]) => one - other).map(describe),
    };
  }

  #second(index: number): Latencies {
    let second = this.#seconds.get(index);
    if (!second) {
      second = new Latencies();
      this.#seconds.set(index, second);
    }
    return second;
  }
}

function describe([second, latencies]: [number, Latencies]): Second {
  return {
    second,
    answered: latencies.served,
    failed: latencies.failed,
    p50_ms: rounded(latencies.percentile(0.5)),
    p99_ms: rounded(latencies.percentile(0.99)),
  };
}

/** Hundredths of a millisecond are as much as a shared machine can tell. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
