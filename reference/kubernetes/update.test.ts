import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from './testing/harness.ts';
import { configMap, makeHarness, podManifest } from './testing/harness.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

interface Meta {
  uid: string;
  resourceVersion: string;
  generation?: number;
  finalizers?: string[];
  deletionTimestamp?: string;
}
const meta = ({ body }: Answer): Meta => body['metadata'] as unknown as Meta;

describe('update', () => {
  it('a stale resourceVersion is 409, an absent one is not', async () => {
    const { call } = await makeHarness();
    const first = meta(await call('POST', MAPS, configMap('a', { x: '1' })));
    await call('PUT', `${MAPS}/a`, configMap('a', { x: '2' }));
    const stale = await call(
      'PUT',
      `${MAPS}/a`,
      configMap('a', { x: '3' }, { resourceVersion: first.resourceVersion }),
    );
    expect(stale.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      details: { name: 'a', kind: 'configmaps' },
    });
    expect(
      (
        await call('PATCH', `${MAPS}/a`, {
          metadata: { resourceVersion: first.resourceVersion },
          data: { x: '4' },
        })
      ).status,
    ).toBe(409);
    expect((await call('GET', `${MAPS}/a`)).body).toMatchObject({ data: { x: '2' } });
  });

  it('a change that changes nothing keeps the resourceVersion', async () => {
    const { call, store } = await makeHarness();
    const created = await call('POST', MAPS, configMap('a', { x: '1' }));
    const before = store.revision;
    const same = await call('PUT', `${MAPS}/a`, configMap('a', { x: '1' }));
    await call('PATCH', `${MAPS}/a`, { data: { x: '1' } });
    expect(meta(same).resourceVersion).toBe(meta(created).resourceVersion);
    expect(store.revision).toBe(before);
  });

  it('identity is immutable', async () => {
    const { call } = await makeHarness();
    const { uid } = meta(await call('POST', MAPS, configMap('a')));
    expect((await call('PUT', `${MAPS}/a`, configMap('a', {}, { uid: 'other' }))).status).toBe(409);
    expect((await call('PUT', `${MAPS}/a`, configMap('b'))).status).toBe(400);
    expect((await call('PATCH', `${MAPS}/a`, { metadata: { uid: 'other' } })).body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'metadata.uid' }] },
    });
    expect(
      (await call('PATCH', `${MAPS}/a`, { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } })).status,
    ).toBe(422);
    expect((await call('PATCH', `${MAPS}/a`, { metadata: { name: 'b' } })).status).toBe(400);
    expect((await call('PATCH', `${MAPS}/a`, { kind: 'Secret' })).status).toBe(422);
    expect((await call('PATCH', `${MAPS}/a`, { data: { x: 5 } })).body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: expect.stringMatching(/^ "" is invalid: patch: Invalid value: .* cannot unmarshal number/),
    });
    expect((await call('PATCH', `${MAPS}/a`, { metadata: null })).status).toBe(400);
    expect((await call('PUT', `${MAPS}/a`, { data: {} })).status).toBe(400);
    expect(meta(await call('GET', `${MAPS}/a`)).uid).toBe(uid);
  });

  it('PUT of an absent name is 404, but creates a lease', async () => {
    const { call } = await makeHarness();
    expect((await call('PUT', `${MAPS}/a`, configMap('a'))).status).toBe(404);
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1';
    expect(
      (await call('PUT', path, { metadata: { name: 'n1' }, spec: { holderIdentity: 'n1' } })).status,
    ).toBe(201);
    expect(
      (await call('PUT', path, { metadata: { name: 'n1' }, spec: { holderIdentity: 'n2' } })).status,
    ).toBe(200);
  });

  it('concurrent patches lose nothing', async () => {
    const { call } = await makeHarness();
    await call('POST', MAPS, configMap('a'));
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
    const answers = await Promise.all(
      keys.map((key) => call('PATCH', `${MAPS}/a`, { data: { [key]: key } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { body } = await call('GET', `${MAPS}/a`);
    expect(Object.keys(body['data'] as object).toSorted()).toEqual(keys.toSorted());
  });

  it('of N concurrent updates at one resourceVersion exactly one succeeds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), async (count) => {
        const { call } = await makeHarness();
        const { resourceVersion } = meta(await call('POST', MAPS, configMap('a')));
        const answers = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            call('PUT', `${MAPS}/a`, configMap('a', { x: String(index) }, { resourceVersion })),
          ),
        );
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        expect(answers.filter(({ status }) => status === 409)).toHaveLength(count - 1);
      }),
      { numRuns: 10 },
    );
  });

  it('generation counts changes of the spec, not of metadata or status', async () => {
    const { call } = await makeHarness();
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const template = {
      metadata: { labels: { app: 'd' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    const created = await call('POST', path, {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { app: 'd' } }, template },
    });
    expect(meta(created).generation).toBe(1);
    expect(meta(await call('PATCH', `${path}/d`, { metadata: { labels: { x: 'y' } } })).generation).toBe(1);
    expect(meta(await call('PATCH', `${path}/d/status`, { status: { replicas: 1 } })).generation).toBe(1);
    expect(meta(await call('PATCH', `${path}/d`, { spec: { replicas: 3 } })).generation).toBe(2);
    const scale = await call('PATCH', `${path}/d/scale`, { spec: { replicas: 5 } });
    expect(scale.body).toMatchObject({ kind: 'Scale', spec: { replicas: 5 }, status: { selector: 'app=d' } });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    expect((await call('GET', `${path}/d/scale`, undefined, { headers: { accept } })).body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['d', 5, 1, '0s'] }],
    });
    expect(
      (
        await call('PUT', `${path}/d/scale`, {
          metadata: { name: 'd', resourceVersion: '1' },
          spec: { replicas: 6 },
        })
      ).status,
    ).toBe(409);
    expect((await call('PATCH', `${path}/d/scale`, { spec: { replicas: -1 } })).status).toBe(422);
    expect((await call('GET', `${path}/d`)).body).toMatchObject({
      metadata: { generation: 3 },
      spec: { replicas: 5 },
    });
    expect(
      (await call('PATCH', `${path}/d`, { spec: { selector: { matchLabels: { app: 'e' } } } })).body,
    ).toMatchObject({ code: 422 });
  });
});

describe('delete', () => {
  it('answers Success with what it was, then 404', async () => {
    const { call } = await makeHarness();
    const { uid } = meta(await call('POST', MAPS, configMap('a')));
    expect((await call('DELETE', `${MAPS}/a`)).body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid },
    });
    expect((await call('DELETE', `${MAPS}/a`)).status).toBe(404);
  });

  it('checks preconditions', async () => {
    const { call } = await makeHarness();
    const { uid, resourceVersion } = meta(await call('POST', MAPS, configMap('a')));
    expect((await call('DELETE', `${MAPS}/a`, { preconditions: { uid: 'other' } })).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect((await call('DELETE', `${MAPS}/a`, { preconditions: { uid, resourceVersion: '1' } })).status).toBe(
      409,
    );
    expect((await call('DELETE', `${MAPS}/a?dryRun=All`)).status).toBe(200);
    expect((await call('DELETE', `${MAPS}/a`, { preconditions: { uid, resourceVersion } })).status).toBe(200);
  });

  it('refuses options that make no sense', async () => {
    const { call } = await makeHarness();
    await call('POST', MAPS, configMap('a'));
    expect((await call('DELETE', `${MAPS}/a?propagationPolicy=Later`)).status).toBe(422);
    expect(
      (await call('DELETE', `${MAPS}/a`, { propagationPolicy: 'Orphan', orphanDependents: true })).status,
    ).toBe(422);
    expect((await call('DELETE', `${MAPS}/a?gracePeriodSeconds=x`)).status).toBe(400);
    expect((await call('GET', `${MAPS}/a`)).status).toBe(200);
  });

  it('waits for finalizers', async () => {
    const { call } = await makeHarness();
    await call('POST', MAPS, configMap('a', {}, { finalizers: ['example.com/hold'] }));
    expect(meta(await call('DELETE', `${MAPS}/a`)).deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(
      (
        await call('PATCH', `${MAPS}/a`, {
          metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
        })
      ).status,
    ).toBe(422);
    expect((await call('PATCH', `${MAPS}/a`, { metadata: { finalizers: null } })).status).toBe(200);
    expect((await call('GET', `${MAPS}/a`)).status).toBe(404);
  });

  it('a bound pod has its grace period, an unbound one goes at once', async () => {
    const { call } = await makeHarness();
    await call('POST', PODS, podManifest('free'));
    await call('POST', PODS, podManifest('bound', { nodeName: 'n1' }));
    expect((await call('DELETE', `${PODS}/free`)).body).toMatchObject({ kind: 'Pod' });
    expect((await call('GET', `${PODS}/free`)).status).toBe(404);
    const first = await call('DELETE', `${PODS}/bound`);
    expect(first.body).toMatchObject({
      metadata: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 },
    });
    expect((await call('DELETE', `${PODS}/bound?gracePeriodSeconds=60`)).body).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 30 },
    });
    expect((await call('DELETE', `${PODS}/bound?gracePeriodSeconds=5`)).body).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 5 },
    });
    await call('DELETE', `${PODS}/bound`, { gracePeriodSeconds: 0 });
    expect((await call('GET', `${PODS}/bound`)).status).toBe(404);
  });

  it('a collection by selector', async () => {
    const { call } = await makeHarness();
    for (const name of ['a', 'b', 'c'])
      await call('POST', MAPS, configMap(name, {}, { labels: { keep: String(name === 'b') } }));
    expect((await call('DELETE', `${MAPS}?labelSelector=keep%3Dfalse`)).body).toMatchObject({
      kind: 'ConfigMapList',
      items: [{}, {}],
    });
    expect((await call('GET', MAPS)).body).toMatchObject({ items: [{ metadata: { name: 'b' } }] });
    expect((await call('DELETE', '/api/v1/configmaps')).status).toBe(405);
  });

  it('eviction is a deletion', async () => {
    const { call } = await makeHarness();
    await call('POST', PODS, podManifest('free'));
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'free', namespace: 'default' },
    };
    expect((await call('POST', `${PODS}/free/eviction`, eviction)).body).toMatchObject({
      status: 'Success',
      code: 201,
    });
    expect((await call('GET', `${PODS}/free`)).status).toBe(404);
  });
});
