import { describe, expect, it } from 'vitest';
import { makeHarness } from '../testing/harness.ts';

describe('discovery', () => {
  it('plain lists', async () => {
    const { call } = await makeHarness();
    expect((await call('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const { body } = await call('GET', '/apis');
    expect((body['groups'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'apps',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'coordination.k8s.io',
      'events.k8s.io',
    ]);
    expect((await call('GET', '/apis/apps')).body).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'apps/v1' },
    });
    expect((await call('GET', '/apis/apps/v1')).body).toMatchObject({
      kind: 'APIResourceList',
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'deployments', shortNames: ['deploy'], namespaced: true }),
        expect.objectContaining({ name: 'deployments/scale', group: 'autoscaling', kind: 'Scale' }),
      ]) as unknown,
    });
    expect((await call('GET', '/apis/none')).status).toBe(404);
    expect((await call('GET', '/version')).body).toMatchObject({
      gitVersion: expect.stringMatching(/^v1\.32\.\d+\+k3s-daas/u) as unknown,
    });
    expect((await call('GET', '/readyz')).body).toEqual({ text: 'ok' });
  });

  it.each(['v2', 'v2beta1'])('aggregated %s', async (version) => {
    const { call } = await makeHarness();
    const accept = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const core = await call('GET', '/api', undefined, { headers: { accept } });
    expect(core.headers['content-type']).toBe(accept);
    expect(core.body).toMatchObject({
      apiVersion: `apidiscovery.k8s.io/${version}`,
      items: [
        {
          versions: [
            {
              version: 'v1',
              resources: expect.arrayContaining([
                expect.objectContaining({ resource: 'pods', scope: 'Namespaced' }),
              ]) as unknown,
            },
          ],
        },
      ],
    });
    expect((await call('GET', '/apis', undefined, { headers: { accept } })).body['items']).toHaveLength(5);
  });
});

describe('OpenAPI v3', () => {
  it('every document resolves its references and carries what kubectl needs', async () => {
    const { call } = await makeHarness();
    const { paths } = (await call('GET', '/openapi/v3')).body as unknown as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    expect(Object.keys(paths)).toContain('apis/apps/v1');
    for (const { serverRelativeURL } of Object.values(paths)) {
      const { status, body } = await call('GET', serverRelativeURL);
      expect(status).toBe(200);
      const { schemas } = body['components'] as unknown as { schemas: Record<string, object> };
      for (const [, reference] of JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/gu))
        expect(schemas).toHaveProperty([reference ?? '']);
    }
    const core = (await call('GET', paths['api/v1']?.serverRelativeURL ?? '')).body;
    expect(core).toMatchObject({
      paths: {
        '/api/v1/namespaces/{namespace}/pods/{name}': {
          patch: {
            'x-kubernetes-group-version-kind': { kind: 'Pod' },
            parameters: expect.arrayContaining([
              expect.objectContaining({ name: 'fieldValidation' }),
            ]) as unknown,
          },
        },
      },
      components: {
        schemas: {
          'io.k8s.api.core.v1.PodSpec': {
            properties: {
              containers: { 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge' },
              volumes: { 'x-kubernetes-patch-strategy': 'merge,retainKeys' },
            },
          },
        },
      },
    });
  });
});
