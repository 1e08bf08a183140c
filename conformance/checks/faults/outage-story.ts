import type { HttpAnswer } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, status } from '../../runner/expectations.ts';
import { nodeObject, readyOf } from '../../world/played-node.ts';
import { newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { runningWorker } from '../../world/workers.ts';
import { CONFIG_MAPS, configMap, creation } from './config-map.ts';
import { Followed } from './followed.ts';
import { PODS } from './kept-state.ts';
import { LostPod, podOn, runningPod, type RunningPod } from './lost-pod.ts';
import { timed, type Timed } from './timed.ts';
import { told } from './told.ts';

export const READY_MS = 15_000;
const WRITES = 6;
const REPLACED_MS = 5_000;
const RESPONSE_SECONDS = 25;

/** What was seen around an outage of the chain. */
export interface OutageStory {
  /** Reads of a known user, all the time. */
  reads: Timed[];
  node: string;
  /** How often the node was looked at, and how often it was not Ready. */
  looks: { all: number; unready: number };
  /** Writes on their way when the chain went away, by the label of what they make. */
  inFlight: { label: string; answer: Timed }[];
  /** Requests that were on the chain when it went away, their results not. */
  announced: { id: string; label: string; response: HttpAnswer }[];
  /** A pod that ran on a worker, before and at the end. */
  pod: { before: RunningPod; after: RunningPod };
  /** A pod that was made for one that was lost during the outage; undefined when there was none in time. */
  replacement: string | undefined;
  /** A watch from before, of the pods that belong to it. */
  watch: Followed;
  /** Milliseconds after its end until a write passed. */
  writableMs: number;
}

/** Cuts the chain off once for all checks of a process. */
export function outageStory(t: CheckContext): Promise<OutageStory> {
  t.needs('the embedded chain, to cut it off', t.world.chain.provider === 'embedded');
  return told(t, 'an outage of the chain', tell);
}

/** Longer than a worker may be silent, where that is short enough to wait for. */
export function beyondOffline(t: CheckContext): number {
  const seconds = t.world.timings.offline_after_seconds;
  t.needs('an offline time of at most 10 s', seconds <= 10);
  return (seconds + 1) * 1000;
}

/** Whether a node is Ready, read past the gateway. */
export const isReady = async (t: CheckContext, name: string): Promise<true | undefined> =>
  readyOf(await nodeObject(t, name)) === 'True' ? true : undefined;

/** A chain that is away for longer than a worker may be silent. */
async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<OutageStory> {
  const lastingMs = beyondOffline(t);
  const [admin, gateway] = await Promise.all([t.actors.fresh('admin'), playedGateway(t)]);
  const worker = await runningWorker(t, admin, READY_MS);
  undo.defer(() => t.control.kill({ part: worker.id }));
  // Who reads during the outage must be known before.
  await eventually('a Ready node', () => isReady(t, worker.nodeId), { withinMs: READY_MS, intervalMs: 100 });
  const [before, lost] = await Promise.all([podOn(t, admin, worker), LostPod.prepare(t, admin, worker)]);
  const watch = await Followed.open(t, admin, `${PODS}?labelSelector=app%3D${lost.app}`);
  const announced = Array.from({ length: 3 }, () => ({ id: newRequestId(), label: t.name('announced') }));
  for (const { id, label } of announced) status(await gateway.put(id, creation(label)), 202);

  const restore = () => t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } });
  undo.defer(restore);
  const commands = announced.map(({ id, label }) => [id, creation(label)] as const);
  await gateway.announceAll(admin, commands);
  const writes = Array.from({ length: WRITES }, async (_, index) => {
    const label = `${t.name('cut')}-${index}`;
    const { body } = creation(label);
    const answer = await timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body }));
    return { label, answer };
  });
  await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 60 } });
  // From now on, as responses are not kept for long.
  const responses = Promise.all(
    announced.map(async (one) => ({ ...one, response: await gateway.response(one.id, RESPONSE_SECONDS) })),
  );
  responses.catch(() => undefined);
  const until = performance.now() + lastingMs;
  const reads: Timed[] = [];
  const reading = async (): Promise<void> => {
    while (performance.now() < until) {
      reads.push(await timed(() => t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`)));
      await pause(100);
    }
  };
  const looks = { all: 0, unready: 0 };
  const looking = async (): Promise<void> => {
    while (performance.now() < until) {
      looks.all += 1;
      if (!(await isReady(t, worker.nodeId))) looks.unready += 1;
      await pause(100);
    }
  };
  // Late, when everything that is remembered for a moment only is forgotten.
  const losing = async (): Promise<string | undefined> => {
    await pause(lastingMs - 700);
    return lost.replacedAfterLoss(REPLACED_MS);
  };
  const [inFlight, replacement] = await Promise.all([Promise.all(writes), losing(), reading(), looking()]);
  const after = await runningPod(t, before.name);
  await restore();
  const restored = performance.now();
  const written = async (): Promise<true | undefined> => {
    const body = configMap(t.name('after'));
    return (await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body })).status === 201 ? true : undefined;
  };
  await eventually('a write after the outage', written, { withinMs: 20_000, intervalMs: 50 });
  const writableMs = performance.now() - restored;
  return {
    reads,
    node: worker.nodeId,
    looks,
    inFlight,
    announced: await responses,
    pod: { before, after },
    replacement,
    watch,
    writableMs,
  };
}
