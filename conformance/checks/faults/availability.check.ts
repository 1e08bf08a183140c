import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok } from '../../runner/expectations.ts';
import type { Actors } from '../../world/actors.ts';
import { nodeObject, readyOf } from '../../world/played-node.ts';
import { runningWorker } from '../../world/workers.ts';
import type { WorkerStarted } from '../../target/worker-pool.ts';
import { startAgain } from '../../world/start-again.ts';
import { crowd } from './crowd.ts';
import { CONFIG_MAPS, configMap } from './config-map.ts';
import { timed, type Timed } from './master-story.ts';

const exclusive = true;
const timeoutMs = 90_000;
const READY_MS = 15_000;
const LEAST_SHARE = 0.999;
const PAUSE_MS = 2_000;

const ready = async (t: CheckContext, name: string): Promise<true | undefined> =>
  readyOf(await nodeObject(t, name)) === 'True' ? true : undefined;

/** Longer than a worker may be silent, where that is short enough to wait for. */
function beyondOffline(t: CheckContext): number {
  const seconds = t.world.timings.offline_after_seconds;
  t.needs('an offline time of at most 10 s', seconds <= 10);
  return (seconds + 1) * 1000;
}

/** The parts that a crowd depends on are killed one by one; most of its requests come through all the same. */
async function throughKill(t: CheckContext, part: 'gateway' | 'master'): Promise<void> {
  t.needs(`a ${part} that the suite can restart`, t.world[part]?.startable === true);
  const admin = await t.actors.fresh('admin');
  t.defer(() => startAgain(t, part));
  const { requests, failed } = await crowd(t, admin, async () => {
    await t.control.kill({ part });
    await t.control.start({ part });
  });
  const share = (requests - failed.length) / requests;
  ok('at least 99.9 % of the requests succeeded', requests >= 20 && share >= LEAST_SHARE, {
    wanted: LEAST_SHARE,
    got: { requests, failed: failed.slice(0, 5) },
  });
}

interface OutageStory {
  reads: Timed[];
  node: string;
  readyAtEnd: boolean;
  writableMs: number;
}

const outages = new WeakMap<Actors, Promise<OutageStory>>();

function outageStory(t: CheckContext): Promise<OutageStory> {
  t.needs('the embedded chain, to cut it off', t.world.chain.provider === 'embedded');
  const told = outages.get(t.actors) ?? tellOutage(t);
  outages.set(t.actors, told);
  return told;
}

/** A chain that is away for longer than a worker may be silent. */
async function tellOutage(t: CheckContext): Promise<OutageStory> {
  const admin = await t.actors.fresh('admin');
  const worker = await runningWorker(t, admin, READY_MS);
  // Who reads during the outage must be known before.
  await eventually('a Ready node', () => ready(t, worker.nodeId), { withinMs: READY_MS, intervalMs: 100 });
  const restore = () => t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } });
  t.defer(restore);
  const until = performance.now() + beyondOffline(t);
  await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 60 } });
  const reads: Timed[] = [];
  while (performance.now() < until) {
    reads.push(await timed(() => t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`)));
    await pause(100);
  }
  const readyAtEnd = (await ready(t, worker.nodeId)) === true;
  await restore();
  const restored = performance.now();
  await eventually(
    'a write after the outage',
    async () => {
      const body = configMap(t.name('after'));
      return (await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body })).status === 201 ? true : undefined;
    },
    { withinMs: 20_000 },
  );
  return { reads, node: worker.nodeId, readyAtEnd, writableMs: performance.now() - restored };
}

interface DownStory {
  /** Ready of the node from when the master was back, the gateway being down all the time. */
  states: (string | undefined)[];
  workerRan: boolean;
}

const downs = new WeakMap<Actors, Promise<DownStory>>();

function downStory(t: CheckContext): Promise<DownStory> {
  for (const part of ['gateway', 'master'] as const)
    t.needs(`a ${part} that the suite can restart`, t.world[part]?.startable === true);
  const told = downs.get(t.actors) ?? tellDown(t);
  downs.set(t.actors, told);
  return told;
}

/** Gateway and master are killed; the master is started again, the gateway not before a worker's silence would show. */
async function tellDown(t: CheckContext): Promise<DownStory> {
  const worker = await runningWorker(t, await t.actors.shared('admin'), READY_MS);
  t.defer(() => startAgain(t, 'gateway'));
  t.defer(() => startAgain(t, 'master'));
  const until = performance.now() + beyondOffline(t);
  await Promise.all([t.control.kill({ part: 'gateway' }), t.control.kill({ part: 'master' })]);
  await t.control.start({ part: 'master' });
  await eventually('a Ready node', () => ready(t, worker.nodeId), { withinMs: READY_MS, intervalMs: 100 });
  const states: DownStory['states'] = [];
  for (; performance.now() < until; await pause(250))
    states.push(readyOf(await nodeObject(t, worker.nodeId)));
  const workerRan = (await t.control.state({ part: worker.id })).running;
  await t.control.start({ part: 'gateway' });
  return { states, workerRan };
}

/** How often this worker staked, as the chain has it. */
async function stakesOf(t: CheckContext, worker: WorkerStarted): Promise<number> {
  return (await t.chain.events('StakeEvent', { staker: worker.address })).length;
}

export default defineChecks([
  check(
    'E2E-AVA-001',
    'requests that are tried again come through a kill of the master',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    (t: CheckContext) => throughKill(t, 'master'),
  ),

  check(
    'E2E-AVA-002',
    'requests that are tried again come through a kill of the gateway',
    { exclusive, timeoutMs, mutants: ['writes-answered-early'] },
    (t: CheckContext) => throughKill(t, 'gateway'),
  ),

  check(
    'E2E-AVA-003',
    'requests are answered soon after the gateway stood still',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      t.needs('a gateway that the suite can pause', t.world.gateway?.startable === true);
      const admin = await t.actors.shared('admin');
      t.defer(() => t.control.resume({ part: 'gateway' }));
      await t.control.pause({ part: 'gateway' });
      await pause(PAUSE_MS);
      await t.control.resume({ part: 'gateway' });
      const answers = await Promise.all([
        timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
        timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('resumed')) })),
      ]);
      equal(
        'the statuses',
        answers.map((answer) => answer.status),
        [200, 201],
      );
      ok(
        'within 5 s',
        answers.every(({ ms }) => ms <= 5_000),
        { got: answers.map(({ ms }) => Math.round(ms)) },
      );
    },
  ),

  check(
    'E2E-AVA-004',
    'workers stay Ready while the gateway is down for longer than they may be silent',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const { states } = await downStory(t);
      ok('the node was looked at often', states.length >= 8, { got: states.length });
      equal(
        'other states of Ready than True',
        states.filter((state) => state !== 'True'),
        [],
      );
    },
  ),

  check(
    'E2E-AVA-005',
    'workers stay Ready while the chain is away',
    { exclusive, timeoutMs, mutants: ['fail-closed-for-cached'] },
    async (t: CheckContext) => {
      const { readyAtEnd, node } = await outageStory(t);
      ok(`the node ${node} is Ready at the end of the outage`, readyAtEnd);
    },
  ),

  check(
    'E2E-AVA-006',
    'each read of a known user is answered while the chain is away',
    { exclusive, timeoutMs, mutants: ['fail-closed-for-cached'] },
    async (t: CheckContext) => {
      const { reads } = await outageStory(t);
      ok('there were reads', reads.length >= 10, { got: reads.length });
      const bad = reads.filter(
        (read) => read.status !== 200 || read.ms > t.world.timings.request_deadline_ms,
      );
      equal('reads that failed or were slow', bad, []);
    },
  ),

  check(
    'E2E-AVA-007',
    'writes are taken soon after the chain is back',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const { writableMs } = await outageStory(t);
      ok('within 10 s', writableMs <= 10_000, { wanted: 10_000, got: Math.round(writableMs) });
    },
  ),

  check(
    'E2E-AVA-008',
    'the kill of a worker disturbs nobody else',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const admin = await t.actors.fresh('admin');
      const [one, other] = await Promise.all([
        runningWorker(t, admin, READY_MS),
        runningWorker(t, admin, READY_MS),
      ]);
      const { requests, failed } = await crowd(t, admin, async () => {
        await t.control.kill({ part: one.id });
        await pause(1_500);
      });
      equal('requests that failed', failed, []);
      ok('there were requests', requests >= 20, { got: requests });
      equal('Ready of the other node', readyOf(await nodeObject(t, other.nodeId)), 'True');
    },
  ),

  check(
    'E2E-AVA-009',
    'a killed worker is Ready again after its start, with the same stake',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const worker = await runningWorker(t, await t.actors.shared('admin'), READY_MS);
      const uid = at(await nodeObject(t, worker.nodeId), 'metadata', 'uid');
      equal('its stakes before', await stakesOf(t, worker), 1);
      await t.control.kill({ part: worker.id });
      // Times in Kubernetes have whole seconds: what the old process said must not look like the new one's.
      await pause(1000 - (Date.now() % 1000));
      const since = Math.floor(Date.now() / 1000) * 1000;
      await t.control.start({ part: worker.id });
      await eventually(
        'a report of the new process',
        async () => {
          const conditions = at(await nodeObject(t, worker.nodeId), 'status', 'conditions');
          const beat: unknown = Array.isArray(conditions)
            ? conditions
                .map((one: unknown) => at(one, 'lastHeartbeatTime'))
                .toSorted()
                .at(-1)
            : undefined;
          return typeof beat === 'string' && Date.parse(beat) >= since ? ready(t, worker.nodeId) : undefined;
        },
        { withinMs: READY_MS, intervalMs: 100 },
      );
      equal('its stakes', await stakesOf(t, worker), 1);
      equal('the uid of its node', at(await nodeObject(t, worker.nodeId), 'metadata', 'uid'), uid);
    },
  ),

  check(
    'E2E-AVA-010',
    'workers are Ready again after a kill of the master, without a restart of their own',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const { states, workerRan } = await downStory(t);
      equal('Ready once its silence would show', states.at(-1), 'True');
      equal('its process was the same all the time', workerRan, true);
    },
  ),
]);
