import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../master/testing/bench.ts';
import { Cluster } from './testing/cluster.ts';
import type { RunningWorker } from './testing/cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function running(worker: RunningWorker): Promise<void> {
  await eventually(async () => {
    const { body } = await cluster.read(`/api/v1/nodes/${worker.nodeId}`);
    const ready = body.status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
    return ready?.status === 'True' && body.metadata.labels['k3s-daas.dev/worker-state'] === 'active'
      ? true
      : undefined;
  });
}

async function stakeOf(worker: RunningWorker): Promise<string> {
  const { ChainClient } = await import('../chain/index.ts');
  const id = await new ChainClient(cluster.world.client, cluster.world.ids).stakeRecordOf(
    worker.pair.toSuiAddress(),
  );
  if (id === undefined) throw new Error('the worker has no stake');
  return id;
}

describe('a worker', () => {
  test('goes from stake to heartbeat, keeps Node and Lease, and stops cleanly', async () => {
    const worker = cluster.startWorker('flow-1');
    await running(worker);
    const { body: node } = await cluster.read('/api/v1/nodes/flow-1');
    expect(node.status.capacity).toMatchObject({ cpu: '4', pods: '110' });
    await eventually(async () => {
      const lease = await cluster.read(
        '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/flow-1',
      );
      return lease.status === 200 && lease.body.spec.holderIdentity === 'flow-1' ? true : undefined;
    });
    worker.stop();
    expect(await worker.ended).toBe(0);
  });

  test('started again it uses its stake and token', async () => {
    const first = cluster.startWorker('flow-2');
    await running(first);
    first.stop();
    await first.ended;
    const stake = await stakeOf(first);
    const again = cluster.startWorker('flow-2', { pair: first.pair });
    await running(again);
    expect(await stakeOf(again)).toBe(stake);
    again.stop();
    expect(await again.ended).toBe(0);
  });

  test('ends with code 3 when its stake is slashed, and cannot come back', async () => {
    const worker = cluster.startWorker('flow-3');
    await running(worker);
    await cluster.world.slash(await stakeOf(worker));
    expect(await worker.ended).toBe(3);
    await eventually(async () =>
      (await cluster.read('/api/v1/nodes/flow-3')).status === 404 ? true : undefined,
    );
    expect(await cluster.startWorker('flow-3', { pair: worker.pair }).ended).toBe(3);
  });

  test('does not start against another master than the one on chain', async () => {
    const worker = cluster.startWorker('flow-4', { more: { nautilus_endpoint: 'https://127.0.0.1:9' } });
    expect(await worker.ended).toBe(1);
  });
});
