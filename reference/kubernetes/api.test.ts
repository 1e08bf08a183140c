import { describe, expect, it } from 'vitest';
import { configMap, makeHarness } from './testing/harness.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

describe('paths and methods', () => {
  it.each([
    ['GET', '/api/v1/namespaces/default/gadgets', 404, 'NotFound'],
    ['GET', '/apis/none.example/v1/things', 404, 'NotFound'],
    ['GET', '/nothing', 404, 'NotFound'],
    ['GET', '/api/v2', 404, 'NotFound'],
    ['GET', '/api/v1/pods/web', 404, 'NotFound'],
    ['GET', '/api/v1/namespaces/default/nodes', 404, 'NotFound'],
    ['GET', `${PODS}/web/exec`, 404, 'NotFound'],
    ['GET', '/openapi/v2', 404, 'NotFound'],
    ['POST', '/api/v1/pods', 405, 'MethodNotAllowed'],
    ['POST', `${PODS}/web`, 405, 'MethodNotAllowed'],
    ['PUT', PODS, 405, 'MethodNotAllowed'],
    ['PATCH', PODS, 405, 'MethodNotAllowed'],
    ['TRACE', PODS, 405, 'MethodNotAllowed'],
    ['POST', '/version', 405, 'MethodNotAllowed'],
    ['DELETE', `${PODS}/web/status`, 405, 'MethodNotAllowed'],
    ['GET', `${PODS}/web`, 404, 'NotFound'],
  ])('%s %s is %i', async (method, path, status, reason) => {
    const { call } = await makeHarness();
    const answer = await call(method, path, method === 'GET' ? undefined : {});
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason,
      code: status,
    });
  });

  it('names the missing object as Kubernetes does', async () => {
    const { call } = await makeHarness();
    expect((await call('GET', '/apis/apps/v1/namespaces/default/deployments/web')).body).toMatchObject({
      message: 'deployments.apps "web" not found',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
    });
  });

  it('406 for a format it does not have, 415 for a body it cannot read', async () => {
    const { call } = await makeHarness();
    expect((await call('GET', PODS, undefined, { headers: { accept: 'text/html' } })).body).toMatchObject({
      code: 406,
      reason: 'NotAcceptable',
    });
    expect((await call('POST', MAPS, 'x', { contentType: 'text/plain' })).body).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    });
    await call('POST', MAPS, configMap('a'));
    expect((await call('PATCH', `${MAPS}/a`, {}, { contentType: 'application/json' })).status).toBe(415);
  });

  it('413 for a body that is too large', async () => {
    const { call } = await makeHarness({ maxBodyBytes: 100 });
    expect((await call('POST', MAPS, configMap('a', { a: 'x'.repeat(100) }))).body).toMatchObject({
      code: 413,
      reason: 'RequestEntityTooLarge',
    });
  });

  it('an unexpected failure is 500 without its details', async () => {
    const logged: unknown[] = [];
    const { api, call } = await makeHarness({
      authorize: () => Promise.reject(new Error('secret detail')),
      log: { error: (fields) => logged.push(fields) },
    });
    const answer = await call('GET', PODS);
    expect(answer).toMatchObject({ status: 500, body: { reason: 'InternalError' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret detail');
    expect(logged).toMatchObject([{ request_id: 'r' }]);
    expect(api).toBeDefined();
  });
});

describe('authorisation', () => {
  it('refuses with what was asked for', async () => {
    const { call } = await makeHarness({
      authorize: ({ verb }) => ({ allowed: verb === 'get', reason: 'only get' }),
    });
    expect((await call('GET', MAPS)).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'configmaps is forbidden: User "alice" cannot list resource "configmaps" in API group "" in the namespace "default": only get',
      details: { kind: 'configmaps' },
    });
    expect((await call('GET', '/version')).status).toBe(200);
  });

  it('a PUT that would create needs the right to create', async () => {
    const { call } = await makeHarness({ authorize: ({ verb }) => ({ allowed: verb !== 'create' }) });
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'a' } };
    expect(
      (await call('PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/a', lease)).status,
    ).toBe(403);
  });

  it('a second decision sees the objects', async () => {
    const { call } = await makeHarness({
      admitObject: ({ verb }, old, next) => ({
        allowed: verb === 'create' || (next ?? old)?.metadata.labels?.['team'] === 'blue',
      }),
    });
    await call('POST', MAPS, configMap('red', {}, { labels: { team: 'red' } }));
    await call('POST', MAPS, configMap('blue', {}, { labels: { team: 'blue' } }));
    expect((await call('GET', `${MAPS}/red`)).status).toBe(403);
    expect((await call('GET', `${MAPS}/blue`)).status).toBe(200);
    expect((await call('PATCH', `${MAPS}/blue`, { metadata: { labels: { team: 'red' } } })).status).toBe(403);
    expect((await call('DELETE', `${MAPS}/red`)).status).toBe(403);
  });

  it('reviews answer by the same decision', async () => {
    const { call } = await makeHarness({
      authorize: ({ verb, resource }) => ({ allowed: verb === 'get' && resource === 'pods' }),
    });
    const ask = async (resourceAttributes: object): Promise<unknown> => {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      return (await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)).body[
        'status'
      ];
    };
    expect(await ask({ verb: 'get', resource: 'pods', namespace: 'default' })).toEqual({ allowed: true });
    expect(await ask({ verb: 'delete', resource: 'pods' })).toMatchObject({ allowed: false });
    const who = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    expect(
      (await call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', who)).body['status'],
    ).toEqual({
      userInfo: { username: 'alice', groups: ['daas:admins'] },
    });
  });
});

describe('create', () => {
  it('gives an object what the server decides', async () => {
    const { call } = await makeHarness();
    const given = configMap(
      'a',
      { x: '1' },
      { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', generation: 9 },
    );
    const { status, body } = await call('POST', MAPS, given);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      metadata: { name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    });
    const { uid, generation } = body['metadata'] as { uid: string; generation?: number };
    expect(uid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
    expect(generation).toBeUndefined();
    expect((await call('GET', `${MAPS}/a`)).body).toEqual(body);
  });

  it('makes names of a prefix and five characters', async () => {
    const { call } = await makeHarness();
    const { body } = await call('POST', MAPS, { metadata: { generateName: 'job-' } });
    expect((body['metadata'] as { name: string }).name).toMatch(/^job-[a-z\d]{5}$/u);
  });

  it('dryRun changes nothing', async () => {
    const { call, store } = await makeHarness();
    const before = store.revision;
    expect((await call('POST', `${MAPS}?dryRun=All`, configMap('a'))).status).toBe(201);
    expect(store.revision).toBe(before);
    expect((await call('GET', `${MAPS}/a`)).status).toBe(404);
    await call('POST', MAPS, configMap('a'));
    expect((await call('POST', `${MAPS}?dryRun=All`, configMap('a'))).status).toBe(409);
  });

  it.each([
    ['a second time', configMap('there'), 409, 'AlreadyExists'],
    ['without a name', { metadata: {} }, 422, 'Invalid'],
    ['with a bad name', configMap('A_b'), 422, 'Invalid'],
    ['with a resourceVersion', configMap('b', {}, { resourceVersion: '1' }), 400, 'BadRequest'],
    ['for another namespace', configMap('b', {}, { namespace: 'kube-system' }), 400, 'BadRequest'],
    ['of another kind', { ...configMap('b'), kind: 'Secret' }, 400, 'BadRequest'],
    ['of another version', { ...configMap('b'), apiVersion: 'v2' }, 400, 'BadRequest'],
    ['that is an array', [], 400, 'BadRequest'],
    ['that is no JSON', '{', 400, 'BadRequest'],
    ['with a bad label', configMap('b', {}, { labels: { 'a b': 'c' } }), 422, 'Invalid'],
    ['with a bad key', configMap('b', { 'a b': 'c' }), 422, 'Invalid'],
  ])('%s', async (_case, body, status, reason) => {
    const { call } = await makeHarness();
    await call('POST', MAPS, configMap('there'));
    expect((await call('POST', MAPS, body)).body).toMatchObject({ kind: 'Status', code: status, reason });
  });

  it('needs a namespace that exists and stays', async () => {
    const { call } = await makeHarness();
    expect((await call('POST', '/api/v1/namespaces/none/configmaps', configMap('a'))).body).toMatchObject({
      code: 404,
      message: 'namespaces "none" not found',
    });
    await call('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
    expect((await call('DELETE', '/api/v1/namespaces/x')).body).toMatchObject({
      status: { phase: 'Terminating' },
    });
    expect((await call('POST', '/api/v1/namespaces/x/configmaps', configMap('a'))).body).toMatchObject({
      code: 403,
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    });
  });

  it('unknown and duplicate fields: error, warning or nothing', async () => {
    const { call } = await makeHarness();
    const text = '{"metadata":{"name":"a"},"data":{"x":"1","x":"2"},"dato":{}}';
    const strict = await call('POST', `${MAPS}?fieldValidation=Strict`, text);
    expect(strict.body).toMatchObject({
      code: 400,
      message: expect.stringContaining(
        'strict decoding error: unknown field "dato", duplicate field "data.x"',
      ) as string,
    });
    const warned = await call('POST', `${MAPS}?dryRun=All`, text);
    expect(warned.headers['warning']).toBe(
      '299 - "unknown field \\"dato\\"", 299 - "duplicate field \\"data.x\\""',
    );
    const ignored = await call('POST', `${MAPS}?fieldValidation=Ignore`, text);
    expect(ignored.status).toBe(201);
    expect(ignored.headers['warning']).toBeUndefined();
    expect(ignored.body).toMatchObject({ data: { x: '2' } });
  });

  it('reads YAML', async () => {
    const { call } = await makeHarness();
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: "1"\n';
    expect((await call('POST', MAPS, yaml, { contentType: 'application/yaml' })).body).toMatchObject({
      data: { x: '1' },
    });
    const bomb = `a: &a [1,1]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*${index === 0 ? 'a' : `b${index - 1}`}, *${index === 0 ? 'a' : `b${index - 1}`}]`).join('\n')}`;
    expect((await call('POST', MAPS, bomb, { contentType: 'application/yaml' })).status).toBe(400);
    const cut = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cut}\ndata: {x: "1"';
    expect((await call('POST', MAPS, cut, { contentType: 'application/yaml' })).status).toBe(400);
  });

  it('a key called __proto__ is data like any other', async () => {
    const { call } = await makeHarness();
    const text = '{"metadata":{"name":"a"},"data":{"__proto__":"x","constructor":"y"}}';
    expect(JSON.stringify((await call('POST', MAPS, text)).body)).toContain(
      '"data":{"__proto__":"x","constructor":"y"}',
    );
  });
});
