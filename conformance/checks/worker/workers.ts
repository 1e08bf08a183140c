import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import type { WorkerRequest, WorkerStarted } from '../../target/worker-pool.ts';
import type { Actor } from '../../world/actors.ts';
import { FakeMaster } from '../../world/fake-master.ts';
import type { FakeRequest, FakeRoute } from '../../world/fake-messages.ts';
import { faultPlan, type FaultPlan, type FaultPlanInput } from '../../world/fault-plan.ts';
import { StrangeCluster } from '../../world/strange-cluster.ts';

/** Until a check counts as failed: longer than its own waits, as it may queue for the start of its worker. */
export const TIMEOUT_MS = 150_000;
/** Until something that a worker does at its start must have happened, from its start. */
export const START_MS = 30_000;
/** Workers that start at the same time in this process: starting one keeps a core busy. */
const STARTS_AT_ONCE = 2;

/** How a worker ended, and all that it said. */
export interface WorkerEnd {
  code: number | null;
  signal: string | null;
  words: string;
}

/** A master that the suite plays, and a stake with a token that is assigned to it. */
export interface Stage {
  fake: FakeMaster;
  node: Actor;
}

/** Who starts in each of the places, the last one in the queue of each. */
const places: Promise<unknown>[] = Array.from({ length: STARTS_AT_ONCE }, () => Promise.resolve());
let turn = 0;

/** Runs `launch` when there is room for one more worker that starts. */
export function inTurn<T>(launch: () => Promise<T>): Promise<T> {
  const place = turn % places.length;
  turn += 1;
  const mine = (places[place] ?? Promise.resolve()).then(launch);
  places[place] = mine.catch(() => undefined);
  return mine;
}

/** A cluster that all checks of this process share; each takes a master of its own in it. */
const sharedCluster = (t: CheckContext): Promise<StrangeCluster> =>
  t.shared('a cluster for fake masters', (own) => StrangeCluster.start(own));

/** Sets the stage for a worker that has its stake and token already. */
export async function setStage(t: CheckContext, options: { pcrs?: Uint8Array[] } = {}): Promise<Stage> {
  t.needs('a worker that the suite can start', t.world.worker);
  const { master, node } = await FakeMaster.join(t, await sharedCluster(t), options);
  t.defer(() => void t.exchanges.push(...master.exchanges));
  return { fake: master, node };
}

/** Stages that checks of this process lend each other, and who waits for each. */
const LENT = STARTS_AT_ONCE;
let borrowed = 0;

/**
 * Lends a stage to `play`, alone and as any other check may have left it: with requests in it, under a plan. For checks
 * whose workers end before they are registered.
 */
export async function onStage(t: CheckContext, play: (stage: Stage) => Promise<void>): Promise<void> {
  const number = borrowed++ % LENT;
  const lent = await t.shared(`stage ${number}`, async (own) => ({
    stage: await setStage(own),
    last: Promise.resolve() as Promise<unknown>,
  }));
  const before = lent.last;
  const mine = (async (): Promise<void> => {
    await before;
    const from = lent.stage.fake.exchanges.length;
    try {
      await play(lent.stage);
    } finally {
      lent.stage.fake.obey(undefined);
      t.exchanges.push(...lent.stage.fake.exchanges.slice(from));
    }
  })();
  lent.last = mine.catch(() => undefined);
  return mine;
}

/** Puts a fault plan into force; reports show it. */
export function obey(t: CheckContext, fake: FakeMaster, ...faults: FaultPlanInput['faults']): FaultPlan {
  const plan = faultPlan({ seed: t.seed, faults });
  t.faultPlans.push(plan);
  fake.obey(plan);
  return plan;
}

/** Milliseconds between two heartbeats of the workers under test. */
export const intervalOf = (t: CheckContext): number => t.world.timings.heartbeat_interval_seconds * 1000;

/** The part of a request that makes a worker run on an actor's stake. */
export function asActor(actor: Actor): WorkerRequest {
  return { secretKey: (actor.signer as Ed25519Keypair).getSecretKey(), nodeId: actor.nodeId };
}

/** Starts a worker of the target; it is killed when the check ends. */
async function start(t: CheckContext, request: WorkerRequest): Promise<WorkerStarted> {
  t.needs('a worker that the suite can start', t.world.worker);
  const worker = await t.control.startWorker(request);
  t.defer(() => t.control.kill({ part: worker.id }));
  return worker;
}

/** Starts a worker as the customer of a fake master and waits until it has asked for something or ended. */
export async function startCustomer(
  t: CheckContext,
  { fake, node }: { fake: FakeMaster; node?: Actor },
  request: WorkerRequest = {},
): Promise<WorkerStarted> {
  return inTurn(async () => {
    const from = fake.requests.length;
    const as = node ? asActor(node) : {};
    const worker = await start(t, { ...as, ...request, values: { ...fake.values, ...request.values } });
    const asked = fake.arrivals.wait(
      'a request of the worker',
      () => (fake.requests.length > from ? true : undefined),
      START_MS,
    );
    await Promise.race([asked.catch(() => undefined), exitOf(t, worker, START_MS)]);
    return worker;
  });
}

/** Starts a worker that is to end by itself, and gives its end. */
export async function endOfStart(
  t: CheckContext,
  stage: { fake: FakeMaster; node?: Actor },
  request: WorkerRequest = {},
): Promise<WorkerEnd & { worker: WorkerStarted }> {
  return inTurn(async () => {
    const { fake, node } = stage;
    const as = node ? asActor(node) : {};
    const worker = await start(t, { ...as, ...request, values: { ...fake.values, ...request.values } });
    return { worker, ...(await refusalOf(t, worker, fake)) };
  });
}

async function exitOf(
  t: CheckContext,
  worker: WorkerStarted,
  withinMs: number,
): Promise<{ code: number | null; signal: string | null } | undefined> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const { exit } = await t.control.ended({ part: worker.id, withinMs: Math.max(1, until - Date.now()) });
    if (exit) return exit;
  }
  return undefined;
}

/** Waits until a worker has ended. */
export async function endOf(t: CheckContext, worker: WorkerStarted, withinMs = START_MS): Promise<WorkerEnd> {
  const exit = await exitOf(t, worker, withinMs);
  if (!exit) {
    const { text } = await t.control.logs({ part: worker.id });
    throw new CheckFailure(`the worker did not end within ${withinMs} ms`, { got: text.slice(-1000) });
  }
  const { text } = await t.control.logs({ part: worker.id });
  return { ...exit, words: text };
}

/**
 * Waits until a worker has ended by itself with a code other than 0. It fails at once when the worker is seen to go on:
 * a heartbeat is what only one sends that found nothing wrong.
 */
export async function refusalOf(
  t: CheckContext,
  worker: WorkerStarted,
  fake: FakeMaster,
): Promise<WorkerEnd> {
  const from = fake.of('heartbeat').length;
  const goesOn = new Promise<'goes on'>((resolve) => {
    const seen = fake.arrivals.wait('a heartbeat', () => fake.of('heartbeat')[from], START_MS);
    seen.then(
      () => resolve('goes on'),
      () => undefined,
    );
  });
  const end = await Promise.race([endOf(t, worker), goesOn]);
  ok('the worker refuses to go on', end !== 'goes on', { wanted: 'its end', got: 'a heartbeat' });
  const { code, signal } = end;
  ok('it ends by itself with an exit code other than 0', code !== null && code !== 0, {
    wanted: 'an exit code other than 0',
    got: { code, signal, words: end.words.slice(-500) },
  });
  return end;
}

/** Waits until `count` requests of a route have arrived, and gives them. */
export function requestsOf(
  fake: FakeMaster,
  route: FakeRoute,
  count: number,
  withinMs = START_MS,
): Promise<FakeRequest[]> {
  return fake.arrivals.wait(
    `${count} requests to ${route}`,
    () => {
      const seen = fake.of(route);
      return seen.length >= count ? seen : undefined;
    },
    withinMs,
  );
}

/** The first value that `probe` gives when something reached the fake master; undefined when none comes in time. */
export const within = <T>(
  fake: FakeMaster,
  probe: () => T | undefined,
  withinMs: number,
): Promise<T | undefined> => fake.arrivals.wait('it', probe, withinMs).catch(() => undefined);

/** The same, until the worker has ended too: then there is nothing to wait for. */
export async function withinLife<T>(
  t: CheckContext,
  worker: WorkerStarted,
  fake: FakeMaster,
  probe: () => T | undefined,
): Promise<void> {
  await Promise.race([within(fake, probe, START_MS), exitOf(t, worker, START_MS)]);
}

/** Requests that carried a credential. */
export const withCredential = (requests: readonly FakeRequest[]): FakeRequest[] =>
  requests.filter(({ headers }) => headers['x-seal-token'] !== undefined);

/** A short name of each request, for evidence. */
export const targetsOf = (requests: readonly FakeRequest[]): string[] =>
  requests.map(({ method, target }) => `${method} ${target.split('?', 1)[0]}`);

/** Waits for what is only to be seen by looking. */
export const soon = <T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> =>
  eventually(what, probe, { withinMs: START_MS, intervalMs: 40 });
