import { pause, poll } from '../../drivers/wait.ts';
import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok } from '../../runner/expectations.ts';
import type { WorkerStarted } from '../../target/worker-pool.ts';
import { nodeObject, readyOf } from '../../world/played-node.ts';
import { runningWorker } from '../../world/workers.ts';
import { crowd, type CrowdResult } from './crowd.ts';
import { podOn, runningPod, type RunningPod } from './lost-pod.ts';
import { isReady, READY_MS } from './outage-story.ts';
import { told } from './told.ts';

const exclusive = true;
const timeoutMs = 90_000;
const PODS_MS = 5_000;

/** What was seen around the kill of one worker and its start. */
interface WorkerStory {
  /** Stakes and the uid of the node, before and after. */
  before: { stakes: number; uid: unknown };
  after: { stakes: number; uid: unknown };
  /** A pod that ran on it before, and after. */
  ran: { before: RunningPod; after: RunningPod };
  /** A pod that was bound to it while it was dead, and after. */
  bound: { before: RunningPod; after: RunningPod };
  /** Users at work all the time. */
  crowd: CrowdResult;
  /** Ready of another worker's node after all that. */
  other: string | undefined;
}

function workerStory(t: CheckContext): Promise<WorkerStory> {
  return told(t, 'a kill of a worker', tell);
}

async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<WorkerStory> {
  const admin = await t.actors.fresh('admin');
  const start = async (): Promise<WorkerStarted> => {
    const worker = await runningWorker(t, admin, READY_MS);
    undo.defer(() => t.control.kill({ part: worker.id }));
    return worker;
  };
  const [worker, other] = await Promise.all([start(), start()]);
  const [before, ran] = await Promise.all([standing(t, worker), podOn(t, admin, worker)]);
  const pods = Promise.withResolvers<RunningPod>();
  const crowded = await crowd(t, admin, async () => {
    await t.control.kill({ part: worker.id });
    // Its node is Ready until its silence is noticed.
    pods.resolve(await podOn(t, admin, worker, false));
    await backAgain(t, worker);
  });
  const bound = await pods.promise;
  return {
    before,
    after: await standing(t, worker),
    ran: { before: ran, after: await runningPod(t, ran.name) },
    bound: { before: bound, after: await onceRunning(t, bound.name) },
    crowd: crowded,
    other: readyOf(await nodeObject(t, other.nodeId)),
  };
}

/** Starts a worker that was killed, and waits until its new process has reported. */
async function backAgain(t: CheckContext, worker: WorkerStarted): Promise<void> {
  // Times in Kubernetes have whole seconds: what the old process said must not look like the new one's.
  await pause(1000 - (Date.now() % 1000));
  const since = Math.floor(Date.now() / 1000) * 1000;
  await t.control.start({ part: worker.id });
  await eventually('a report of the new process', () => reported(t, worker, since), {
    withinMs: READY_MS,
    intervalMs: 100,
  });
}

/** The pod as soon as it runs; as it stands, when it does not in time. */
async function onceRunning(t: CheckContext, name: string): Promise<RunningPod> {
  const runs = async (): Promise<RunningPod | undefined> => {
    const pod = await runningPod(t, name);
    return pod.phase === 'Running' ? pod : undefined;
  };
  return (await poll(runs, { timeoutMs: PODS_MS })) ?? runningPod(t, name);
}

/** How often this worker staked, as the chain has it, and which node it has. */
async function standing(t: CheckContext, worker: WorkerStarted): Promise<WorkerStory['before']> {
  const stakes = await t.chain.events('StakeEvent', { staker: worker.address });
  return { stakes: stakes.length, uid: at(await nodeObject(t, worker.nodeId), 'metadata', 'uid') };
}

/** Whether the node is Ready by a report since then. */
async function reported(t: CheckContext, worker: WorkerStarted, since: number): Promise<true | undefined> {
  const conditions = at(await nodeObject(t, worker.nodeId), 'status', 'conditions');
  const beat: unknown = Array.isArray(conditions)
    ? conditions
        .map((one: unknown) => at(one, 'lastHeartbeatTime'))
        .toSorted()
        .at(-1)
    : undefined;
  return typeof beat === 'string' && Date.parse(beat) >= since ? isReady(t, worker.nodeId) : undefined;
}

/** What must stay as it is of a pod whose worker begins anew. */
const identity = ({ name, uid, node, phase, leaving }: RunningPod): object => ({
  name,
  uid,
  node,
  phase,
  leaving,
});

/** What the kill of a worker may not disturb. */
export const workerKilledChecks: readonly Check[] = [
  check(
    'E2E-AVA-008',
    'the kill of a worker disturbs nobody else',
    { exclusive, timeoutMs, mutants: ['node-loss-stalls'] },
    async (t: CheckContext) => {
      const { crowd: users, other } = await workerStory(t);
      equal('requests that failed', users.failed, []);
      equal('attempts that did not succeed', users.troubled, []);
      ok('there were requests', users.requests >= 20, { got: users.requests });
      equal('Ready of the other node', other, 'True');
    },
  ),

  check(
    'E2E-AVA-009',
    'a killed worker is Ready again after its start, with the same stake',
    { exclusive, timeoutMs, mutants: ['stakes-again'] },
    async (t: CheckContext) => {
      const { before, after } = await workerStory(t);
      equal('its stakes before', before.stakes, 1);
      equal('its stakes and its node after', after, before);
    },
  ),

  check(
    'E2E-AVA-016',
    'pods of a worker that was killed run after its start, those too that were bound to it meanwhile',
    { exclusive, timeoutMs, mutants: ['agent-ignores-earlier-pods'] },
    async (t: CheckContext) => {
      const { ran, bound } = await workerStory(t);
      equal('the pod that ran before', identity(ran.after), identity(ran.before));
      const wanted = { ...identity(bound.before), phase: 'Running' };
      equal('the pod that was bound meanwhile', identity(bound.after), wanted);
    },
  ),
];
