import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import type { ChainEvent } from '../chain/types.ts';
import { EventStream } from '../chain/index.ts';
import { causeOf, configMap, GatewayWorld } from './testing/gateway-world.ts';
import { TamperingMaster } from './testing/tampering-master.ts';
import type { Passing } from './testing/tampering-master.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEADLINE_MS = 2_000;

let world: GatewayWorld;
let proxy: TamperingMaster;
let admin: Holder;
let other: Holder;
beforeAll(async () => {
  world = await GatewayWorld.start();
  const file = (name: string): Promise<string> => readFile(join(world.dir, 'master', name), 'utf8');
  const [key, cert, ca] = await Promise.all([file('tls.key'), file('tls.crt'), file('ca.crt')]);
  proxy = new TamperingMaster(world.master.url, { key, cert, ca });
  await world.gateway.close();
  await world.startGateway(
    { gateway: { timings: { request_deadline_ms: DEADLINE_MS } } },
    await proxy.listen(),
  );
  [admin, other] = await Promise.all([world.chain.holder('admin'), world.chain.holder('admin')]);
});
afterEach(() => {
  proxy.tamper = () => {};
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await proxy.close();
});

const isResponse = ({ target, status }: Passing): boolean =>
  target.startsWith('/api/v1/responses/') && status === 200;

describe('an answer that is not what the chain and the enclave vouch for never reaches the client', () => {
  const forged = Buffer.from('{"kind":"ConfigMap","metadata":{"name":"forged"}}').toString('base64url');
  test.each<[string, (json: Record<string, unknown>) => void]>([
    ['another body', (json) => (json['body'] = forged)],
    ['another status', (json) => (json['status_code'] = 200)],
    ['another key version', (json) => (json['key_version'] = 7)],
    ['another signature', (json) => (json['signature'] = Buffer.alloc(64, 1).toString('base64url'))],
    ['another time than was signed', (json) => (json['timestamp_ms'] = 1)],
    ['another request id', (json) => (json['request_id'] = 'a'.repeat(32))],
    ['no signature', (json) => delete json['signature']],
    ['a content type that would split headers', (json) => (json['content_type'] = 'text/plain\r\nx-evil: 1')],
  ])('%s', async (_, change) => {
    proxy.tamper = (passing) => {
      if (isResponse(passing)) change(passing.json);
    };
    const name = `t${Math.random().toString(36).slice(2)}`;
    const answer = await world.call(admin, MAPS, { body: configMap(name) });
    expect([answer.status, answer.json['kind'], causeOf(answer)]).toEqual([
      502,
      'Status',
      'ResponseMismatch',
    ]);
    expect(answer.text).not.toContain('forged');
    expect(answer.text).not.toContain(name);
  });

  test('the answer to an earlier request', async () => {
    let earlier: Record<string, unknown> | undefined;
    proxy.tamper = (passing) => {
      if (isResponse(passing)) earlier ??= { ...passing.json };
    };
    await world.call(admin, MAPS, { body: configMap('earlier') });
    proxy.tamper = (passing) => {
      if (isResponse(passing)) passing.json = { ...earlier, request_id: passing.json['request_id'] };
    };
    const answer = await world.call(admin, MAPS, { body: configMap('later') });
    expect([answer.status, causeOf(answer)]).toEqual([502, 'ResponseMismatch']);
  });
});

describe('the deadline', () => {
  test('504 in time, then the outcome for the same wallet alone', async () => {
    const held = Promise.withResolvers<void>();
    proxy.tamper = (passing) => (isResponse(passing) ? held.promise : undefined);
    const started = performance.now();
    const answer = await world.call(admin, MAPS, { body: configMap('slow') });
    const took = performance.now() - started;
    expect([answer.status, answer.json['reason'], causeOf(answer)]).toEqual([504, 'Timeout', 'Timeout']);
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(took).toBeGreaterThan(DEADLINE_MS - 50);
    expect(took).toBeLessThan(DEADLINE_MS + 500);
    const path = `/daas/v1/requests/${String(answer.headers['audit-id'])}`;
    expect((await world.call(admin, path)).status).toBe(202);
    held.resolve();
    await expect.poll(async () => (await world.call(admin, path)).status).toBe(200);
    const { json } = await world.call(admin, path);
    expect(json['status_code']).toBe(201);
    expect(Buffer.from(String(json['body']), 'base64url').toString()).toContain('"slow"');
    expect((await world.call(other, path)).status).toBe(404);
    expect((await world.call(admin, `/daas/v1/requests/${'0'.repeat(32)}`)).status).toBe(404);
  });

  test('a client that leaves does not stop its request', async () => {
    const leaving = new AbortController();
    proxy.tamper = ({ method, target }) => {
      if (method === 'PUT' && target.startsWith('/api/v1/requests/')) leaving.abort();
    };
    const call = world.call(admin, MAPS, { body: configMap('left-alone'), signal: leaving.signal });
    await expect(call).rejects.toThrow();
    await expect.poll(async () => (await world.call(admin, `${MAPS}/left-alone`)).status).toBe(200);
  });
});

describe('a master that does not answer', () => {
  test('nothing appears on chain, and the client may try again', async () => {
    const { checkpoint } = await world.chain.reader.status();
    proxy.tamper = () => {
      throw new Error('cut');
    };
    const answer = await world.call(admin, MAPS, { body: configMap('nowhere') });
    expect([answer.status, causeOf(answer)]).toEqual([504, 'Timeout']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await world.chain.reader.status()).checkpoint).toBe(checkpoint);
  });
});

describe('identity', () => {
  test('headers of the client do not reach the master', async () => {
    proxy.seen.length = 0;
    const claims = {
      'X-Remote-User': 'system:admin',
      'x-REMOTE-group': 'system:masters',
      'Impersonate-User': 'root',
      'X-Forwarded-For': '10.0.0.1',
      'X-Seal-Token': 'seal1.a.b',
      'Audit-Id': 'f'.repeat(32),
    };
    const answer = await world.call(admin, '/api/v1/pods', { headers: claims });
    expect(answer.status).toBe(200);
    expect(answer.headers['audit-id']).not.toBe(claims['Audit-Id']);
    const passed = proxy.seen.find(({ target }) => target === '/api/v1/pods')?.headers ?? {};
    expect(passed).toMatchObject({ 'x-remote-user': admin.address, 'x-remote-group': 'daas:admins' });
    const text = JSON.stringify(passed);
    for (const value of Object.values(claims)) expect(text).not.toContain(value);
  });
});

test('one request event and one result event for each accepted write, none for a refused one', async () => {
  const { checkpoint } = await world.chain.reader.status();
  await world.call(admin, MAPS, { body: configMap('counted') });
  for (const body of ['{', 'null', '[]']) {
    expect((await world.call(admin, MAPS, { method: 'POST', body })).status).toBe(400);
  }
  const plain = { 'content-type': 'text/plain' };
  expect((await world.call(admin, MAPS, { method: 'POST', body: 'x', headers: plain })).status).toBe(415);
  await world.call(admin, `${MAPS}/counted`, { method: 'DELETE' });
  const stop = new AbortController();
  const events: ChainEvent[] = [];
  const stream = new EventStream({ client: world.chain.client, package: world.chain.ids.package });
  for await (const batch of stream.follow({ from: checkpoint + 1n, signal: stop.signal })) {
    events.push(...batch.events);
    if (events.filter(({ name }) => name === 'K8sAPIResult').length === 2) stop.abort();
  }
  const [post, del] = events.filter(({ name }) => name === 'K8sAPIRequest');
  expect(events).toHaveLength(4);
  expect(post?.data).toMatchObject({
    method: 'POST',
    path: MAPS,
    namespace: 'default',
    resource_type: 'configmaps',
  });
  expect(del?.data).toMatchObject({ method: 'DELETE', path: `${MAPS}/counted`, token: admin.token });
});
