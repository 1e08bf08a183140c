import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../meta/json.ts';
import { makeHarness, podManifest } from '../testing/harness.ts';

const PODS = '/api/v1/namespaces/default/pods';

describe('pods', () => {
  it.each([
    [{ containers: [] }, 'spec.containers', 'FieldValueRequired'],
    [{ containers: [{ name: 'a' }] }, 'spec.containers[0].image', 'FieldValueRequired'],
    [{ containers: [{ name: 'A', image: 'i' }] }, 'spec.containers[0].name', 'FieldValueInvalid'],
    [
      {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'a', image: 'i' },
        ],
      },
      'spec.containers[1].name',
      'FieldValueDuplicate',
    ],
    [
      { containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 70000 }] }] },
      'spec.containers[0].ports[0].containerPort',
      'FieldValueInvalid',
    ],
    [
      { containers: [{ name: 'a', image: 'i', imagePullPolicy: 'Sometimes' }] },
      'spec.containers[0].imagePullPolicy',
      'FieldValueNotSupported',
    ],
    [
      { containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      'spec.containers[0].volumeMounts[0].name',
      'FieldValueNotFound',
    ],
    [
      {
        containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }],
      },
      'spec.containers[0].resources.requests',
      'FieldValueInvalid',
    ],
    [{ restartPolicy: 'Perhaps' }, 'spec.restartPolicy', 'FieldValueNotSupported'],
  ])('%j is invalid at %s', async (spec, field, reason) => {
    const { call } = await makeHarness();
    const { status, body } = await call('POST', PODS, podManifest('web', spec));
    expect(status).toBe(422);
    expect(body).toMatchObject({
      reason: 'Invalid',
      details: { name: 'web', kind: 'Pod', causes: [{ field, reason }] },
    });
  });

  it('have a fixed spec but for a few fields', async () => {
    const { call } = await makeHarness();
    await call('POST', PODS, podManifest('web'));
    const patch = (containers: unknown) =>
      call(
        'PATCH',
        `${PODS}/web`,
        { spec: { containers } },
        { contentType: 'application/strategic-merge-patch+json' },
      );
    expect((await patch([{ name: 'main', image: 'nginx:2' }])).status).toBe(200);
    expect((await patch([{ name: 'main', command: ['x'] }])).body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec', reason: 'FieldValueForbidden' }] },
    });
  });

  it('are bound once', async () => {
    const { call } = await makeHarness();
    await call('POST', PODS, podManifest('web'));
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'web' },
      target: { kind: 'Node', name: 'n1' },
    };
    expect((await call('POST', `${PODS}/web/binding`, binding)).status).toBe(201);
    expect((await call('GET', `${PODS}/web`)).body).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect((await call('POST', `${PODS}/web/binding`, binding)).status).toBe(409);
  });

  it('the status goes through its subresource only, and nothing else does', async () => {
    const { call } = await makeHarness();
    await call('POST', PODS, { ...podManifest('web'), status: { phase: 'Running' } });
    expect((await call('GET', `${PODS}/web`)).body).toMatchObject({ status: { phase: 'Pending' } });
    await call('PATCH', `${PODS}/web`, { status: { phase: 'Running' }, metadata: { labels: { a: 'b' } } });
    await call('PATCH', `${PODS}/web/status`, {
      status: { phase: 'Failed' },
      metadata: { labels: { a: 'c' } },
      spec: { nodeName: 'x' },
    });
    const { body } = await call('GET', `${PODS}/web`);
    expect(body).toMatchObject({ status: { phase: 'Failed' }, metadata: { labels: { a: 'b' } } });
    expect((body['spec'] as JsonObject)['nodeName']).toBeUndefined();
  });
});

describe('services', () => {
  it('get an address of their own and keep it', async () => {
    const { call } = await makeHarness();
    const path = '/api/v1/namespaces/default/services';
    const service = { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], selector: { app: 'web' } } };
    const { body } = await call('POST', path, service);
    const { clusterIP } = body['spec'] as { clusterIP: string };
    expect(clusterIP).toMatch(/^10\.43\.\d+\.\d+$/u);
    expect((await call('PUT', `${path}/web`, service)).body).toMatchObject({ spec: { clusterIP } });
    expect((await call('PATCH', `${path}/web`, { spec: { clusterIP: '10.43.9.9' } })).status).toBe(422);
    expect(
      (
        await call('POST', path, {
          ...service,
          metadata: { name: 'other' },
          spec: { ...service.spec, clusterIP },
        })
      ).status,
    ).toBe(422);
    expect(
      (
        await call('POST', path, {
          metadata: { name: 'np' },
          spec: { type: 'NodePort', ports: [{ port: 80 }] },
        })
      ).body,
    ).toMatchObject({
      spec: { ports: [{ nodePort: expect.any(Number) as number, protocol: 'TCP', targetPort: 80 }] },
    });
    const zero = await call('POST', path, {
      metadata: { name: 'zero' },
      spec: { ports: [{ port: 80, nodePort: 0 }] },
    });
    expect(zero.body).toMatchObject({ spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } });
    expect(JSON.stringify(zero.body)).not.toMatch(/"nodePort":/);
  });
});
