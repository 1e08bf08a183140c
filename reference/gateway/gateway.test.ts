import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import { causeOf, configMap, GatewayWorld } from './testing/gateway-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let world: GatewayWorld;
let admin: Holder;
let user: Holder;
beforeAll(async () => {
  // All parts share this process: the deadline is not what is tested here.
  world = await GatewayWorld.start({ gateway: { timings: { request_deadline_ms: 20_000 } } });
  [admin, user] = await Promise.all([world.chain.holder('admin'), world.chain.holder('user')]);
});
afterAll(() => world[Symbol.asyncDispose]());

describe('contract mode', () => {
  test('a write goes over the chain and comes back as the master gave it', async () => {
    const answer = await world.call(admin, MAPS, { body: configMap('first', { a: '1' }) });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'first' } });
    expect(answer.headers['audit-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a refusal of the Kubernetes API keeps its shape', async () => {
    await world.call(admin, MAPS, { body: configMap('twice') });
    const again = await world.call(admin, MAPS, { body: configMap('twice') });
    expect(again.status).toBe(409);
    expect(again.json).toMatchObject({ kind: 'Status', reason: 'AlreadyExists' });
  });

  test('many at once each get their own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => world.call(admin, MAPS, { body: configMap(`many-${i}`) })),
    );
    for (const [i, answer] of answers.entries()) {
      expect(answer.status).toBe(201);
      expect(answer.json).toMatchObject({ metadata: { name: `many-${i}` } });
    }
    expect(new Set(answers.map(({ headers }) => headers['audit-id'])).size).toBe(40);
  });
});

describe('direct reads', () => {
  test('get and list', async () => {
    await world.call(admin, MAPS, { body: configMap('read-me', { k: 'v' }) });
    const one = await world.call(admin, `${MAPS}/read-me`);
    expect(one.json).toMatchObject({ data: { k: 'v' } });
    const list = await world.call(admin, `${MAPS}?limit=500`);
    expect(list.json).toMatchObject({ kind: 'ConfigMapList' });
  });

  test('a user reads pods and nothing else', async () => {
    expect((await world.call(user, '/api/v1/pods')).status).toBe(200);
    for (const path of ['/api/v1/secrets', '/apis/metrics.k8s.io/v1/pods', '/api/v1/podtemplates']) {
      const refused = await world.call(user, path);
      expect([refused.status, causeOf(refused)]).toEqual([403, 'Forbidden']);
    }
    const write = await world.call(user, MAPS, { body: configMap('no') });
    expect(write.status).toBe(403);
    expect(write.json['message']).toContain('configmaps');
  });
});
