import { ARRIVALS, INPUT } from './input.ts';

interface Summary {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

/** Writes what `daas load` reads, and prints a line a traffic for whoever runs k6 by hand. */
export function handleSummary(data: Summary): Record<string, string> {
  const count = (metric: string): number => data.metrics[metric]?.values['count'] ?? 0;
  const traffics = INPUT.traffics.map(({ name, rate, seconds }) => {
    const arrivals = ARRIVALS.get(name) ?? [];
    const latency = data.metrics[`${name}_latency`]?.values ?? {};
    const prefix = `${name}_status_`;
    const statuses: Record<string, number> = {};
    for (const metric of Object.keys(data.metrics)) {
      if (metric.startsWith(prefix) && count(metric) > 0)
        statuses[metric.slice(prefix.length)] = count(metric);
    }
    const [served, failed] = [count(`${name}_served`), count(`${name}_failed`)];
    // k6 counts dropped arrivals of all traffics together: here each has its own, from what was to be sent.
    const steps = arrivals.reduce((sum, { length }) => sum + length, 0) / arrivals.length;
    const dropped = Math.max(0, Math.round(rate * seconds) - Math.ceil((served + failed) / steps));
    return {
      name,
      served,
      failed,
      dropped,
      statuses,
      in_time: count(`${name}_in_time`),
      percentiles: {
        p50: latency['med'],
        p90: latency['p(90)'],
        p95: latency['p(95)'],
        p99: latency['p(99)'],
        p999: latency['p(99.9)'],
        max: latency['max'],
      },
    };
  });
  const lines = traffics.map(
    ({ name, served, failed, dropped, percentiles }) =>
      `${name}: ${served} served, ${failed} failed, ${dropped} not sent, p99 ${percentiles.p99?.toFixed(1) ?? '-'} ms`,
  );
  const file = __ENV['DAAS_LOAD_SUMMARY'];
  return {
    stdout: `${lines.join('\n')}\n`,
    ...(file && { [file]: JSON.stringify({ traffics }) }),
  };
}
