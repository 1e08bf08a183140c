import { HarnessError } from '../../conformance/errors.ts';
import type { Traffic, TrafficResult } from '../engine/traffic.ts';

/** What a script's summary says of one traffic; times in milliseconds. */
export interface K6TrafficSummary {
  name: string;
  served: number;
  failed: number;
  dropped: number;
  statuses: Record<string, number>;
  /** Served while the traffic ran. */
  in_time: number;
  percentiles: Partial<Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>>;
}

/**
 * A traffic's result from the script's summary. k6 measures from when a request is sent; an arrival for which no virtual
 * user was free is dropped, and counts as failed here. Percentiles of k6 are of the requests that were served, so one
 * that reaches into those that failed is taken away.
 */
export function trafficResult(
  traffic: Pick<Traffic, 'name' | 'title' | 'rate' | 'seconds' | 'arrivals'>,
  summaries: readonly K6TrafficSummary[],
): TrafficResult {
  const summary = summaries.find(({ name }) => name === traffic.name);
  if (!summary) throw new HarnessError(`the k6 script said nothing of the traffic ${traffic.name}`);
  const { name, title, rate, seconds } = traffic;
  const each = Math.round(
    traffic.arrivals.reduce((sum, { length }) => sum + length, 0) / traffic.arrivals.length,
  );
  const failed = summary.failed + summary.dropped * each;
  const intended = summary.served + failed;
  const at = (key: keyof K6TrafficSummary['percentiles'], share: number): number | null => {
    const value = summary.percentiles[key];
    // A failed request is slower than any that was served.
    if (value === undefined || Math.ceil(intended * share) > summary.served) return null;
    return Math.round(value * 100) / 100;
  };
  return {
    name,
    title,
    rate,
    seconds,
    intended,
    served: summary.served,
    failed,
    statuses: {
      ...summary.statuses,
      ...(summary.dropped > 0 && { 0: (summary.statuses['0'] ?? 0) + summary.dropped * each }),
    },
    per_second: Math.round((summary.in_time / seconds) * 10) / 10,
    p50_ms: at('p50', 0.5),
    p90_ms: at('p90', 0.9),
    p95_ms: at('p95', 0.95),
    p99_ms: at('p99', 0.99),
    p999_ms: at('p999', 0.999),
    max_ms: at('max', 1),
    series: [],
  };
}
