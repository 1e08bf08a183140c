/** Memory of the master at one moment. */
export interface MemorySample {
  /** Since the heartbeats began. */
  atMs: number;
  bytes: number;
}

export interface HeartbeatRun {
  workers: number;
  intervalMs: number;
  durationMs: number;
  sent: number;
  /** Heartbeats that were not acknowledged in time, each with the reason. */
  misses: { worker: string; atMs: number; reason: string }[];
  latencyMs: { p50: number; p99: number; max: number };
  /** The master before any worker came, if its memory can be seen. */
  idleBytes?: number;
  memory: MemorySample[];
  /** Nodes that were Ready at the end, where they can be seen. */
  ready?: number;
}

/** Growth that a garbage collector's habits explain. */
const GROWTH_SHARE = 0.25;
const GROWTH_BYTES = 32 * 1024 * 1024;

/** The first sample after every worker has beaten once, and the last one; undefined when there are none. */
export function memoryEnds(run: HeartbeatRun): { start: number; end: number } | undefined {
  const warm = run.memory.filter(({ atMs }) => atMs >= Math.min(run.intervalMs, run.durationMs / 2));
  const [first, last] = [warm[0], warm.at(-1)];
  return first && last && { start: first.bytes, end: last.bytes };
}

/** What is wrong with a run; nothing when the list is empty. */
export function faultsOf(run: HeartbeatRun): string[] {
  const faults: string[] = [];
  if (run.misses.length > 0) faults.push(`${run.misses.length} of ${run.sent} heartbeats were missed`);
  if (run.ready !== undefined && run.ready < run.workers)
    faults.push(`${run.ready} of ${run.workers} nodes are Ready at the end`);
  const ends = memoryEnds(run);
  if (ends && ends.end - ends.start > Math.max(GROWTH_BYTES, ends.start * GROWTH_SHARE)) {
    faults.push(`the master grew from ${megabytes(ends.start)} to ${megabytes(ends.end)}`);
  }
  return faults;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The figures of a run, a line each. */
export function renderRun(run: HeartbeatRun): string {
  const ends = memoryEnds(run);
  const { p50, p99, max } = run.latencyMs;
  const most = Math.max(...run.memory.map(({ bytes }) => bytes));
  const faults = faultsOf(run);
  return [
    `workers     ${run.workers}, a heartbeat each ${run.intervalMs / 1000} s, for ${run.durationMs / 1000} s`,
    `heartbeats  ${run.sent} sent, ${run.misses.length} missed`,
    `latency     p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${max.toFixed(1)} ms (from the time each was due)`,
    ends
      ? `memory      ${megabytes(ends.start)} after the first round, ${megabytes(ends.end)} at the end, ${megabytes(most)} at most${run.idleBytes === undefined ? '' : `, ${megabytes(run.idleBytes)} idle before`}`
      : 'memory      not available: the master is no process of this machine',
    `nodes       ${run.ready === undefined ? 'not available' : `${run.ready} of ${run.workers} Ready at the end`}`,
    ...run.misses
      .slice(0, 5)
      .map(({ worker, atMs, reason }) => `  ${worker} at ${(atMs / 1000).toFixed(1)} s: ${reason}`),
    faults.length === 0 ? 'HELD: no miss, memory flat' : `NOT HELD: ${faults.join('; ')}`,
    '',
  ].join('\n');
}
