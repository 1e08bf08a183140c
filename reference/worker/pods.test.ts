import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../master/testing/bench.ts';
import { Administrator } from './testing/administrator.ts';
import { Cluster } from './testing/cluster.ts';

let cluster: Cluster;
let administrator: Administrator;
beforeAll(async () => {
  cluster = await Cluster.start({ offline_after_seconds: 2 });
  administrator = await Administrator.join(cluster);
  cluster.startWorker('pods-1', { more: { agent_capacity: { cpu: 2, memory: '1Gi', pods: 10 } } });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

const PODS = '/api/v1/namespaces/default/pods';

function pod(name: string, annotations: Record<string, string> = {}, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }], ...spec },
  };
}

async function phase(
  name: string,
  wanted: string,
): Promise<any> /* oxlint-disable-line no-explicit-any -- whatever came */ {
  return await eventually(async () => {
    const { body } = await cluster.read(`${PODS}/${name}`);
    return body.status?.phase === wanted ? body : undefined;
  });
}

describe('a pod on a simulated worker', () => {
  test('is bound, runs, logs and goes when it is deleted', async () => {
    const created = await administrator.run('POST', PODS, pod('web', { 'k3s-daas.dev/log': 'hello\nworld' }));
    expect(created.status).toBe(201);
    const running = await phase('web', 'Running');
    expect(running.spec.nodeName).toBe('pods-1');
    expect(running.status.containerStatuses[0]).toMatchObject({ name: 'c', ready: true });
    expect(running.status.podIP).toMatch(/^10\.42\./);
    const log = await eventually(async () => {
      const { body } = await cluster.read(`${PODS}/web/log`);
      return String(body).includes('world') ? String(body) : undefined;
    });
    expect(log).toContain('hello\nworld\n');
    expect((await administrator.run('DELETE', `${PODS}/web`)).status).toBe(200);
    await eventually(async () => ((await cluster.read(`${PODS}/web`)).status === 404 ? true : undefined));
  });

  test('ends by itself when it is told to', async () => {
    const once = { restartPolicy: 'Never' };
    await administrator.run('POST', PODS, pod('job', { 'k3s-daas.dev/exit-after-seconds': '0' }, once));
    await phase('job', 'Succeeded');
    const failing = { 'k3s-daas.dev/exit-after-seconds': '0', 'k3s-daas.dev/exit-code': '2' };
    await administrator.run('POST', PODS, pod('bad', failing, once));
    expect((await phase('bad', 'Failed')).status.containerStatuses[0].state.terminated.exitCode).toBe(2);
  });

  test('waits while there is no worker, and is taken up by the next one', async () => {
    const first = cluster.startWorker('pods-2', {
      more: { agent_capacity: { cpu: 2, memory: '1Gi', pods: 10 } },
    });
    const selector = { nodeSelector: { 'kubernetes.io/hostname': 'pods-2' } };
    await administrator.run('POST', PODS, pod('picky', {}, selector));
    await phase('picky', 'Running');
    first.stop();
    await first.ended;
    await eventually(async () => {
      const { body } = await cluster.read('/api/v1/nodes/pods-2');
      const ready = body.status.conditions.find(({ type }: { type: string }) => type === 'Ready');
      return ready.status === 'Unknown' ? true : undefined;
    });
    await administrator.run('POST', PODS, pod('late', {}, selector));
    await phase('late', 'Pending');
    const again = cluster.startWorker('pods-2', { pair: first.pair });
    await phase('late', 'Running');
    again.stop();
    await again.ended;
  });
});
