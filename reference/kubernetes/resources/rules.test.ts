import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../meta/json.ts';
import { makeHarness } from '../testing/harness.ts';

describe('rules of single kinds', () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  const invalid: [string, JsonObject, string][] = [
    [secrets, { metadata: { name: 'a' }, type: 'kubernetes.io/tls', data: {} }, 'data[tls.crt]'],
    [
      '/api/v1/namespaces/default/configmaps',
      { metadata: { name: 'a' }, data: { a: 'x'.repeat(1024 * 1024 + 1) } },
      '',
    ],
    [
      '/api/v1/nodes',
      { metadata: { name: 'a' }, spec: { taints: [{ key: 'k', effect: 'Maybe' }] } },
      'spec.taints[0].effect',
    ],
    ['/api/v1/namespaces', { metadata: { name: 'a.b' } }, 'metadata.name'],
    [
      '/api/v1/namespaces/default/services',
      { metadata: { name: '1a' }, spec: { ports: [{ port: 80 }] } },
      'metadata.name',
    ],
    [
      '/api/v1/namespaces/default/services',
      { metadata: { name: 'a' }, spec: { ports: [{ port: 0 }] } },
      'spec.ports[0].port',
    ],
    ['/api/v1/namespaces/default/services', { metadata: { name: 'a' }, spec: {} }, 'spec.ports'],
    [
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { metadata: { name: 'a' }, spec: { leaseDurationSeconds: 0 } },
      'spec.leaseDurationSeconds',
    ],
    ['/apis/apps/v1/namespaces/default/deployments', { metadata: { name: 'a' }, spec: {} }, 'spec.selector'],
    [
      '/apis/apps/v1/namespaces/default/replicasets',
      {
        metadata: { name: 'a' },
        spec: {
          replicas: -1,
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
      'spec.replicas',
    ],
  ];
  it.each(invalid)('%s %o is 422', async (path, body, field) => {
    const { call } = await makeHarness();
    const answer = await call('POST', path, body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(`"field":"${field}`);
  });

  it('secrets take text, and immutable ones no changes', async () => {
    const { call } = await makeHarness();
    expect(
      (await call('POST', secrets, { metadata: { name: 'a' }, stringData: { a: 'b' }, immutable: true }))
        .body,
    ).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
    expect((await call('GET', `${secrets}/a`)).body).not.toHaveProperty('stringData');
    expect((await call('PATCH', `${secrets}/a`, { data: { a: 'Yw==' } })).status).toBe(422);
    expect((await call('PATCH', `${secrets}/a`, { type: 'other' })).status).toBe(422);
    expect((await call('PATCH', `${secrets}/a`, { metadata: { labels: { a: 'b' } } })).status).toBe(200);
  });

  it('the last finalizer of a namespace goes through finalize only', async () => {
    const { call } = await makeHarness();
    await call('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
    await call('PATCH', '/api/v1/namespaces/x', { spec: { finalizers: [] } });
    await call('DELETE', '/api/v1/namespaces/x');
    const { body } = await call('GET', '/api/v1/namespaces/x');
    expect(body).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } });
    expect(
      (await call('PUT', '/api/v1/namespaces/x/finalize', { ...body, spec: { finalizers: [] } })).status,
    ).toBe(200);
    expect((await call('GET', '/api/v1/namespaces/x')).status).toBe(404);
  });

  it('logs come from the source, of a container that exists, on a node', async () => {
    const asked: unknown[] = [];
    const { call } = await makeHarness({
      logs: {
        async *read(pod, options) {
          asked.push({ pod, options });
          yield 'one';
          await Promise.resolve();
          yield 'two';
        },
      },
    });
    const path = '/api/v1/namespaces/default/pods';
    const containers = [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ];
    await call('POST', path, { metadata: { name: 'p' }, spec: { containers, nodeName: 'n' } });
    await call('POST', path, { metadata: { name: 'q' }, spec: { containers: [containers[0]] } });
    expect(
      (await call('GET', `${path}/p/log?container=b&tailLines=5&follow=true&limitBytes=5`)).body,
    ).toEqual({ text: 'one\nt' });
    expect(asked).toMatchObject([
      { pod: { name: 'p', container: 'b' }, options: { tailLines: 5, follow: true, timestamps: false } },
    ]);
    expect((await call('GET', `${path}/p/log`)).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('choose one of: [a b]') as unknown,
    });
    expect((await call('GET', `${path}/p/log?container=z`)).status).toBe(400);
    expect((await call('GET', `${path}/p/log?container=a&tailLines=-1`)).status).toBe(400);
    expect((await call('GET', `${path}/q/log`)).body).toMatchObject({
      code: 400,
      message: 'pod q does not have a host assigned',
    });
    expect((await call('GET', `${path}/none/log`)).status).toBe(404);
  });
});
