import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { asObject, at } from '../../runner/expectations.ts';
import type { PlayedNode } from '../../world/played-node.ts';

const EVERY_MS = 60;

/** Does what the agent of a node does to its pods until the check ends: they run at once, and go when they are to. */
export function kubelet(t: CheckContext, node: PlayedNode): void {
  const stop = new AbortController();
  const working = work(node, stop.signal);
  t.defer(async () => {
    stop.abort();
    await working;
  });
}

async function work(node: PlayedNode, signal: AbortSignal): Promise<void> {
  const mine = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node.name}`)}`;
  while (!signal.aborted) {
    const answer = await node.call('GET', mine).catch(() => undefined);
    const items = at(answer?.json, 'items');
    for (const pod of Array.isArray(items) ? items : []) await tend(node, pod).catch(() => undefined);
    await pause(EVERY_MS, signal);
  }
}

async function tend(node: PlayedNode, pod: unknown): Promise<void> {
  const { namespace, name, deletionTimestamp } = asObject(at(pod, 'metadata'));
  const path = `/api/v1/namespaces/${String(namespace)}/pods/${String(name)}`;
  if (deletionTimestamp !== undefined) {
    await node.call('DELETE', path, { body: { gracePeriodSeconds: 0 } });
    return;
  }
  if (at(pod, 'status', 'phase') === 'Running') return;
  const containers = at(pod, 'spec', 'containers');
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
  const status = {
    phase: 'Running',
    podIP: '10.0.0.1',
    startTime: time,
    conditions: ['Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: (Array.isArray(containers) ? containers : []).map((container) => ({
      name: at(container, 'name'),
      image: at(container, 'image'),
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: time } },
    })),
  };
  const headers = { 'content-type': 'application/strategic-merge-patch+json' };
  await node.call('PATCH', `${path}/status`, { headers, body: JSON.stringify({ status }) });
}
