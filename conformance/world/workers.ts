import type { CheckContext } from '../runner/context.ts';
import { at, eventually } from '../runner/expectations.ts';
import type { WorkerRequest, WorkerStarted } from '../target/worker-pool.ts';
import type { Actor } from './actors.ts';

/** Starts a worker of the target and waits until its Node takes pods. It is killed when the check ends. */
export async function runningWorker(
  t: CheckContext,
  admin: Actor,
  withinMs: number,
  request: WorkerRequest = {},
): Promise<WorkerStarted> {
  t.needs('a worker that the suite can start', t.world.worker);
  const worker = await t.control.startWorker(request);
  t.defer(() => t.control.kill({ part: worker.id }));
  await eventually(
    `a Ready node ${worker.nodeId}`,
    async () => takesPods(await nodeOf(t, admin, worker.nodeId)) || undefined,
    {
      withinMs,
      intervalMs: 100,
    },
  );
  return worker;
}

/** The status of a Node's Ready condition: True, False, Unknown, or undefined when there is no such Node. */
export async function nodeReady(t: CheckContext, admin: Actor, nodeId: string): Promise<string | undefined> {
  return readyIn(await nodeOf(t, admin, nodeId));
}

async function nodeOf(t: CheckContext, admin: Actor, nodeId: string): Promise<unknown> {
  return (await t.gateway.as(admin, 'GET', `/api/v1/nodes/${nodeId}`)).json;
}

/** Ready, and without the taint that a new node keeps until the cluster has looked at it. */
function takesPods(node: unknown): boolean {
  const taints = at(node, 'spec', 'taints');
  const kept =
    Array.isArray(taints) && taints.some((taint: unknown) => at(taint, 'effect') !== 'PreferNoSchedule');
  return readyIn(node) === 'True' && !kept;
}

function readyIn(node: unknown): string | undefined {
  const conditions = at(node, 'status', 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  const ready: unknown = conditions.find((condition) => at(condition, 'type') === 'Ready');
  const value = at(ready, 'status');
  return typeof value === 'string' ? value : undefined;
}
