import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually } from '../../runner/expectations.ts';
import { nodeObject, readyOf } from '../../world/played-node.ts';
import { startAgain } from '../../world/start-again.ts';
import { runningWorker } from '../../world/workers.ts';
import { LostPod, podOn, runningPod, type RunningPod } from './lost-pod.ts';
import { beyondOffline, isReady, READY_MS } from './outage-story.ts';
import { told } from './told.ts';

const REPLACED_MS = 5_000;
const LOOKS = 8;
const MOST_MS = 3_000;

/** What was seen while the gateway was down, and the master was killed and started again. */
export interface DownStory {
  /** Ready of the node from when the master was back, the gateway being down all the time. */
  states: (string | undefined)[];
  workerRan: boolean;
  /** A pod that ran on the worker, before and at the end. */
  pod: { before: RunningPod; after: RunningPod };
  /** A pod that was made for one that was lost meanwhile; undefined when there was none in time. */
  replacement: string | undefined;
}

/** Kills both once for all checks of a process. */
export function downStory(t: CheckContext): Promise<DownStory> {
  for (const part of ['gateway', 'master'] as const)
    t.needs(`a ${part} that the suite can restart`, t.world[part]?.startable === true);
  return told(t, 'a gateway that is down', tell);
}

/** Gateway and master are killed; the master is started again, the gateway not before a worker's silence would show. */
async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<DownStory> {
  const lastingMs = beyondOffline(t);
  const admin = await t.actors.shared('admin');
  const worker = await runningWorker(t, admin, READY_MS);
  undo.defer(() => t.control.kill({ part: worker.id }));
  const [before, lost] = await Promise.all([podOn(t, admin, worker), LostPod.prepare(t, admin, worker)]);
  undo.defer(() => startAgain(t, 'gateway'));
  undo.defer(async () => {
    if (!(await t.control.state({ part: 'master' })).running) await t.control.start({ part: 'master' });
  });
  const until = performance.now() + lastingMs;
  await Promise.all([t.control.kill({ part: 'gateway' }), t.control.kill({ part: 'master' })]);
  // With the start so long that a heartbeat meets nobody, and not so long that the next one does, too.
  await pause(Math.min(t.world.timings.heartbeat_interval_seconds * 500, MOST_MS));
  await t.control.start({ part: 'master' });
  await eventually('a Ready node', () => isReady(t, worker.nodeId), { withinMs: READY_MS, intervalMs: 100 });
  const losing = lost.replacedAfterLoss(REPLACED_MS);
  const states: DownStory['states'] = [];
  // On a busy machine the start takes most of the time: enough looks come after it all the same.
  for (; performance.now() < until || states.length < LOOKS; await pause(250))
    states.push(readyOf(await nodeObject(t, worker.nodeId)));
  const replacement = await losing;
  const after = await runningPod(t, before.name);
  const workerRan = (await t.control.state({ part: worker.id })).running;
  return { states, workerRan, pod: { before, after }, replacement };
}
