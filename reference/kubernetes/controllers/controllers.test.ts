import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import { pods } from '../resources/pods.ts';
import { runFakeNode } from '../testing/fake-agent.ts';
import type { Harness } from '../testing/harness.ts';
import { configMap, makeHarness, podManifest } from '../testing/harness.ts';
import type { ControllerName } from './start.ts';
import { startControllers } from './start.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const PODS = '/api/v1/namespaces/default/pods';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Cluster extends Harness {
  signal: AbortSignal;
  /** Resolves when a list fulfils the predicate; watches for changes instead of sleeping. */
  until(path: string, fits: (items: KubeObject[]) => boolean): Promise<KubeObject[]>;
}

async function cluster(nodes: readonly string[], only?: readonly ControllerName[]): Promise<Cluster> {
  const harness = await makeHarness();
  const end = new AbortController();
  const errors: unknown[] = [];
  const running = startControllers({
    api: harness.api,
    clock: harness.clock,
    signal: end.signal,
    log: { error: (fields) => errors.push(fields['err']) },
    ...(only ? { only } : {}),
  });
  for (const name of nodes) await runFakeNode(harness.api.objects.as('agent'), name, end.signal);
  stops.push(async () => {
    end.abort();
    await running;
    expect(errors).toEqual([]);
  });
  const listOf = async (path: string): Promise<KubeObject[]> =>
    (await harness.call('GET', path)).body['items'] as unknown as KubeObject[];
  return {
    ...harness,
    signal: end.signal,
    until: async (path, fits) => {
      const items = await listOf(path);
      if (fits(items)) return items;
      const events = await harness.watch(`${path}?watch=1`, {
        signal: AbortSignal.any([end.signal, AbortSignal.timeout(10_000)]),
      });
      for await (const _event of events) {
        const now = await listOf(path);
        if (fits(now)) return now;
      }
      throw new Error(
        `${path} stays ${JSON.stringify((await listOf(path)).map(({ metadata, status }) => [metadata, status]))}`,
      );
    },
  };
}

function deployment(name: string, replicas: number, image = 'app:1', more: object = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }] } },
      ...more,
    },
  } as JsonObject;
}

const running = (items: KubeObject[], count: number): boolean =>
  items.length === count &&
  items.every(({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running');
/** Rolled out, and the status is about the newest spec. */
const ready =
  (count: number) =>
  ([deployed]: KubeObject[]): boolean => {
    const status = deployed?.['status'] as Record<string, number> | undefined;
    return (
      status?.['observedGeneration'] === deployed?.metadata.generation &&
      ['replicas', 'readyReplicas', 'updatedReplicas'].every((field) => status?.[field] === count)
    );
  };

const imagePatch = (image: string): object => ({
  spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
});

describe('deployments', () => {
  it('become pods that run, grow and shrink', async () => {
    const { call, until } = await cluster(['n1', 'n2']);
    await call('POST', DEPLOYMENTS, deployment('web', 3));
    await until(DEPLOYMENTS, ready(3));
    const first = await until(PODS, (items) => running(items, 3));
    await call('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 5 } });
    await until(DEPLOYMENTS, ready(5));
    // Growing costs none of the pods that were there.
    const grown = new Set(
      (await until(PODS, (items) => running(items, 5))).map(({ metadata }) => metadata.uid),
    );
    expect(first.filter(({ metadata }) => !grown.has(metadata.uid))).toEqual([]);
    await call('PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 1 } });
    await until(PODS, (items) => items.length === 1);
    const [settled] = await until(DEPLOYMENTS, ready(1));
    expect(settled?.['status']).toMatchObject({
      conditions: [
        { type: 'Available', status: 'True' },
        { type: 'Progressing', reason: 'NewReplicaSetAvailable' },
      ],
    });
  });

  it('roll over to a new template without falling below what must be available, and back', async () => {
    const { call, until, api, signal } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 4));
    await until(DEPLOYMENTS, ready(4));
    let lowest = 4;
    let highest = 0;
    const watching = (async () => {
      for await (const _event of api.objects.watch(pods, signal)) {
        const live = (await api.objects.list(pods, 'default')).filter(
          ({ metadata }) => metadata.deletionTimestamp === undefined,
        );
        highest = Math.max(highest, live.length);
        lowest = Math.min(
          lowest,
          live.filter(({ status }) => (status as { phase?: string }).phase === 'Running').length,
        );
      }
    })();
    await call('PATCH', `${DEPLOYMENTS}/web`, imagePatch('app:2'));
    await until(DEPLOYMENTS, ready(4));
    const sets = await until(
      SETS,
      (items) =>
        items.length === 2 && items.some(({ spec }) => (spec as { replicas: number }).replicas === 0),
    );
    expect(
      sets.map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision']).toSorted(),
    ).toEqual(['1', '2']);
    await call('PATCH', `${DEPLOYMENTS}/web`, imagePatch('app:1'));
    await until(SETS, (items) =>
      items.some(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === '3'),
    );
    await until(DEPLOYMENTS, ready(4));
    expect(lowest).toBeGreaterThanOrEqual(3);
    expect(highest).toBeLessThanOrEqual(5);
    void watching;
  });

  it('Recreate starts nothing new before the old is gone', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 2, 'app:1', { strategy: { type: 'Recreate' } }));
    await until(DEPLOYMENTS, ready(2));
    await call(
      'PATCH',
      `${DEPLOYMENTS}/web`,
      deployment('web', 2, 'app:2', { strategy: { type: 'Recreate' } }),
    );
    await until(SETS, (items) => items.length === 2 && items.every(({ status }) => status !== undefined));
    await until(DEPLOYMENTS, ready(2));
    const left = await until(PODS, (items) => running(items, 2));
    expect(
      left.map(({ spec }) => (spec as { containers: { image: string }[] }).containers[0]?.image),
    ).toEqual(['app:2', 'app:2']);
  });

  it('take their sets and pods with them', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 2));
    await until(DEPLOYMENTS, ready(2));
    await call('DELETE', `${DEPLOYMENTS}/web?propagationPolicy=Background`);
    await until(PODS, (items) => items.length === 0);
    await until(SETS, (items) => items.length === 0);
  });

  it('go last when deleted in the foreground', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 2));
    await until(DEPLOYMENTS, ready(2));
    expect((await call('DELETE', `${DEPLOYMENTS}/web?propagationPolicy=Foreground`)).body).toMatchObject({
      metadata: { finalizers: ['foregroundDeletion'] },
    });
    await until(DEPLOYMENTS, (items) => items.length === 0);
    expect((await call('GET', PODS)).body['items']).toEqual([]);
    expect((await call('GET', SETS)).body['items']).toEqual([]);
  });

  it('leave their pods behind when asked to', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 2));
    await until(DEPLOYMENTS, ready(2));
    await call('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Orphan' });
    await until(DEPLOYMENTS, (items) => items.length === 0);
    const [set] = await until(SETS, (items) => items.length === 1);
    expect(set?.metadata.ownerReferences ?? []).toEqual([]);
    expect((await call('GET', PODS)).body['items']).toHaveLength(2);
  });
});

describe('namespaces', () => {
  it('go with everything in them', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
    await call('POST', '/api/v1/namespaces/x/configmaps', configMap('a'));
    await call('POST', '/api/v1/namespaces/x/pods', podManifest('web'));
    await until('/api/v1/namespaces/x/pods', (items) => running(items, 1));
    expect((await call('DELETE', '/api/v1/namespaces/x')).body).toMatchObject({
      status: { phase: 'Terminating' },
    });
    await until('/api/v1/namespaces', (items) => items.every(({ metadata }) => metadata.name !== 'x'));
    expect((await call('GET', '/api/v1/namespaces/x/configmaps')).body['items']).toEqual([]);
  });
});

describe('nodes', () => {
  it('take their pods with them, which then run elsewhere', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', DEPLOYMENTS, deployment('web', 2));
    await until(PODS, (items) => running(items, 2));
    await call('DELETE', '/api/v1/nodes/n1');
    await until(
      PODS,
      (items) =>
        items.length === 2 &&
        items.every(({ spec }) => (spec as { nodeName?: string }).nodeName === undefined),
    );
  });
});

describe('garbage', () => {
  it('an object whose owner never was is collected, one with an owner stays', async () => {
    const { call, until } = await cluster([], ['garbage-collector']);
    const maps = '/api/v1/namespaces/default/configmaps';
    const owner = (await call('POST', maps, configMap('owner'))).body['metadata'] as unknown as {
      uid: string;
    };
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' };
    await call('POST', maps, configMap('kept', {}, { ownerReferences: [{ ...reference, uid: owner.uid }] }));
    await call('POST', maps, configMap('lost', {}, { ownerReferences: [{ ...reference, uid: 'another' }] }));
    await until(maps, (items) => items.map(({ metadata }) => metadata.name).join() === 'kept,owner');
    await call('DELETE', `${maps}/owner`);
    await until(maps, (items) => items.length === 0);
  });
});

describe('endpoints', () => {
  it('follow the pods of a service', async () => {
    const { call, until } = await cluster(['n1']);
    await call('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    await call('POST', PODS, podManifest('web', {}, { labels: { app: 'web' } }));
    await until('/api/v1/namespaces/default/endpoints', (items) =>
      JSON.stringify(items).includes('"addresses":[{"ip":"10.42.0.1"'),
    );
    await call('DELETE', `${PODS}/web`);
    await until('/api/v1/namespaces/default/endpoints', (items) =>
      JSON.stringify(items).includes('"subsets":[]'),
    );
  });
});
