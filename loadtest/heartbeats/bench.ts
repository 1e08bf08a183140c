import { build } from 'hdr-histogram-js';
import { pause } from '../../conformance/drivers/wait.ts';
import { describeError, UsageError } from '../../conformance/errors.ts';
import { Session } from '../../conformance/runner/context.ts';
import { at } from '../../conformance/runner/expectations.ts';
import type { LoadedTarget } from '../../conformance/target/load.ts';
import { World } from '../../conformance/target/world.ts';
import { MasterApi } from '../../conformance/world/master-api.ts';
import { raiseFleet, type PlayedWorker } from './fleet.ts';
import { beatSchedule } from './schedule.ts';
import type { HeartbeatRun } from './verdict.ts';

export interface HeartbeatOptions {
  target: LoadedTarget;
  workers: number;
  durationMs: number;
  intervalMs: number;
  signal: AbortSignal;
  step: (line: string) => void;
}

/** Setting up goes over the chain, which has the machine's cores to share with the clients that ask it. */
const STAKING_AT_ONCE = 8;
const SAMPLE_MS = 5_000;

/** Starts one master, registers the fleet, lets it beat, and says what came of it. */
export async function benchHeartbeats(options: HeartbeatOptions): Promise<HeartbeatRun> {
  const { workers, durationMs, intervalMs, signal, step } = options;
  const timings = {
    ...options.target.file.timings,
    heartbeat_interval_seconds: Math.max(1, Math.round(intervalMs / 1000)),
    // As in the protocol: offline after ten intervals.
    offline_after_seconds: Math.max(4, Math.round(intervalMs / 100)),
  };
  const target = { ...options.target, file: { ...options.target.file, timings } };
  await using world = await World.start({ target, seed: 1, strict: false, progress: step, signal });
  if (!world.info.master) {
    throw new UsageError('the target file names no master, so there is nothing to send heartbeats to');
  }
  await using session = new Session(world.info);
  const memoryNow = async (): Promise<number | undefined> =>
    (await session.control.state({ part: 'master' })).residentBytes;
  const idleBytes = await memoryNow();
  const fleet = await raiseFleet(session, {
    workers,
    atOnce: STAKING_AT_ONCE,
    timeoutMs: intervalMs,
    signal,
    step,
  });
  await using stack = new AsyncDisposableStack();
  for (const worker of fleet) stack.use(worker);

  const latencies = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const run: HeartbeatRun = {
    workers,
    intervalMs,
    durationMs,
    sent: 0,
    misses: [],
    latencyMs: { p50: 0, p99: 0, max: 0 },
    ...(idleBytes !== undefined && { idleBytes }),
    memory: [],
  };
  const started = performance.now();
  const sinceStart = (): number => performance.now() - started;
  const sampling = new AbortController();
  const sampled = (async () => {
    while (!sampling.signal.aborted) {
      const bytes = await memoryNow();
      if (bytes !== undefined) run.memory.push({ atMs: sinceStart(), bytes });
      await pause(SAMPLE_MS, sampling.signal);
    }
  })();
  const beating = new Set<Promise<void>>();
  let reported = 0;
  for (const { worker, dueMs } of beatSchedule(fleet.length, intervalMs, durationMs)) {
    if (signal.aborted) break;
    const early = dueMs - sinceStart();
    if (early > 0) await pause(early, signal);
    run.sent += 1;
    const beat = beatOnce(fleet[worker]!, dueMs, sinceStart, run, (ms) =>
      latencies.recordValue(Math.max(1, ms * 1000)),
    );
    beating.add(beat);
    void beat.finally(() => beating.delete(beat));
    if (dueMs - reported >= 10_000) {
      reported = dueMs;
      step(`${(dueMs / 1000).toFixed(0)} s: ${run.sent} heartbeats, ${run.misses.length} missed`);
    }
  }
  await Promise.all(beating);
  const bytes = await memoryNow();
  if (bytes !== undefined) run.memory.push({ atMs: sinceStart(), bytes });
  sampling.abort();
  await sampled;
  const ms = (percentile: number): number => latencies.getValueAtPercentile(percentile) / 1000;
  run.latencyMs = { p50: ms(50), p99: ms(99), max: latencies.maxValue / 1000 };
  const ready = await readyNodes(session);
  if (ready !== undefined) run.ready = ready;
  return run;
}

/** One heartbeat; its time counts from when it was due, so that a slow answer cannot hide the next one's wait. */
async function beatOnce(
  worker: PlayedWorker,
  dueMs: number,
  sinceStart: () => number,
  run: HeartbeatRun,
  took: (ms: number) => void,
): Promise<void> {
  try {
    const answer = await worker.heartbeat();
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
    const ms = sinceStart() - dueMs;
    took(ms);
    if (ms > run.intervalMs) throw new Error(`acknowledged after ${(ms / 1000).toFixed(1)} s`);
  } catch (error) {
    run.misses.push({ worker: worker.nodeId, atMs: dueMs, reason: describeError(error) });
  }
}

/** How many Nodes are Ready; undefined for a master whose workers report none, or that the suite cannot read. */
async function readyNodes(session: Session): Promise<number | undefined> {
  const { master, identity, actors, world } = session;
  if (!master || !identity || !world.features.includes('WorkerJoin')) return undefined;
  const api = new MasterApi(
    master.recording(() => undefined),
    actors,
    world.chain.ids.cluster,
    identity,
  );
  const items = at((await api.asReader('GET', '/api/v1/nodes')).json, 'items');
  return (Array.isArray(items) ? (items as unknown[]) : []).filter((node) => {
    const conditions = at(node, 'status', 'conditions');
    if (!Array.isArray(conditions)) return false;
    return conditions.some((one: unknown) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True');
  }).length;
}
