import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { nodeReady, runningWorker } from '../../world/workers.ts';
import { ownKube, pod, type Kube } from '../gateway/kube.ts';

const JOIN_MS = 30_000;
const RUNNING_MS = 15_000;

/** A pod that only this node may take. */
function podFor(kube: Kube, name: string, nodeId: string): object {
  return pod(name, kube.namespace, { nodeSelector: { 'kubernetes.io/hostname': nodeId } });
}

/** Creates a pod for a node and waits until it runs there. */
async function runs(t: CheckContext, kube: Kube, name: string, nodeId: string): Promise<void> {
  status(await kube.create('pods', podFor(kube, name, nodeId)), 201);
  await eventually(
    'the pod’s Running',
    async () => (at((await kube.get('pods', name)).json, 'status', 'phase') === 'Running' ? true : undefined),
    { withinMs: RUNNING_MS, intervalMs: 100, signal: t.signal },
  );
}

/** Creates a pod for a node that must not take it: the scheduler says no, and it is bound to nothing. */
async function waits(t: CheckContext, kube: Kube, name: string, nodeId: string): Promise<void> {
  status(await kube.create('pods', podFor(kube, name, nodeId)), 201);
  await eventually(
    'the scheduler’s no',
    async () => {
      const { json } = await kube.get('pods', name);
      const bound = at(json, 'spec', 'nodeName') ?? '';
      ok('the node takes no more pods', bound === '', { got: bound });
      const conditions = at(json, 'status', 'conditions');
      const list: unknown[] = Array.isArray(conditions) ? conditions : [];
      return list.some((one) => at(one, 'reason') === 'Unschedulable') ? true : undefined;
    },
    { withinMs: 10_000, intervalMs: 100, signal: t.signal },
  );
}

export default defineChecks([
  check(
    'E2E-WRK-001',
    'a new worker becomes a Ready node that runs pods; stopped, it is NotReady in time and gets no more',
    { mutants: ['never-offline'], timeoutMs: 90_000 },
    async (t: CheckContext) => {
      const admin = await t.actors.shared('admin');
      const kube = await ownKube(t, admin);
      const worker = await runningWorker(t, admin, JOIN_MS);
      await runs(t, kube, t.name('early'), worker.nodeId);
      // Killed, not asked: only the missing heartbeats tell the master.
      await t.control.kill({ part: worker.id });
      const seconds = t.world.timings.offline_after_seconds;
      t.needs('an offline time that can be waited for', seconds <= 30);
      await eventually(
        'the node’s NotReady',
        async () => ((await nodeReady(t, admin, worker.nodeId)) === 'True' ? undefined : true),
        { withinMs: (seconds + 10) * 1000, intervalMs: 100, signal: t.signal },
      );
      await waits(t, kube, t.name('late'), worker.nodeId);
    },
  ),

  check(
    'E2E-WRK-002',
    'a slashed worker is evicted within 5 s, loses its pods and exits with code 3',
    { mutants: ['slashed-token-valid', 'worker-ignores-slashing'], timeoutMs: 90_000 },
    async (t: CheckContext) => {
      await t.needsCap('slash');
      const admin = await t.actors.shared('admin');
      const kube = await ownKube(t, admin);
      const worker = await runningWorker(t, admin, JOIN_MS);
      const name = t.name('doomed');
      await runs(t, kube, name, worker.nodeId);
      const [staked] = await t.chain.events('StakeEvent', { node_id: worker.nodeId });
      ok('its stake is on chain', staked !== undefined, { wanted: { node_id: worker.nodeId } });
      await t.control.slash({ record: staked.data.record, reason: 'conformance' });
      await eventually(
        'the end of the node’s service',
        async () => ((await nodeReady(t, admin, worker.nodeId)) === 'True' ? undefined : true),
        { withinMs: 5_000, intervalMs: 50, signal: t.signal },
      );
      await eventually(
        'the end of its pod',
        async () => {
          const { status: code, json } = await kube.get('pods', name);
          const leaving = at(json, 'metadata', 'deletionTimestamp') !== undefined;
          return code === 404 || leaving || at(json, 'status', 'phase') === 'Failed' ? true : undefined;
        },
        { withinMs: 5_000, intervalMs: 50, signal: t.signal },
      );
      await waits(t, kube, t.name('stubborn'), worker.nodeId);
      const exit = await eventually(
        'the worker’s end',
        async () => (await t.control.state({ part: worker.id })).exit,
        { withinMs: 12_000, intervalMs: 100, signal: t.signal },
      );
      equal('how it ended', exit, { code: 3, signal: null });
    },
  ),
]);
