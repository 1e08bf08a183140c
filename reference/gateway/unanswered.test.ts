import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { causeOf, configMap, GatewayWorld } from './testing/gateway-world.ts';
import { TamperingMaster } from './testing/tampering-master.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let world: GatewayWorld;
let proxy: TamperingMaster;
beforeAll(async () => {
  world = await GatewayWorld.start();
  const file = (name: string): Promise<string> => readFile(join(world.dir, 'master', name), 'utf8');
  const [key, cert, ca] = await Promise.all([file('tls.key'), file('tls.crt'), file('ca.crt')]);
  proxy = new TamperingMaster(world.master.url, { key, cert, ca });
  await world.gateway.close();
  const timings = { request_deadline_ms: 1_500, outcome_ttl_seconds: 2 };
  const limits = { contract_requests: 2 };
  await world.startGateway({ gateway: { timings, limits } }, await proxy.listen());
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await proxy.close();
});

test('a request without a result is never an internal error, and then forgotten', async () => {
  const admin = await world.chain.holder('admin');
  const held = Promise.withResolvers<void>();
  proxy.tamper = ({ target, status }) =>
    target.startsWith('/api/v1/responses/') && status === 200 ? held.promise : undefined;
  const answer = await world.call(admin, MAPS, { body: configMap('unanswered') });
  expect(answer.status).toBe(504);
  const path = `/daas/v1/requests/${String(answer.headers['audit-id'])}`;
  const seen = new Set<string>();
  const ask = async (): Promise<number> => {
    const outcome = await world.call(admin, path);
    seen.add(`${outcome.status} ${outcome.status === 202 ? 'pending' : String(causeOf(outcome))}`);
    return outcome.status;
  };
  await expect.poll(ask, { interval: 50, timeout: 5_000 }).toBe(404);
  expect([...seen]).toEqual(['202 pending', '504 Timeout', '404 NotFound']);
  held.resolve();
});

test('more requests than the chain can carry in time are refused at once, until others have ended', async () => {
  const admin = await world.chain.holder('admin');
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let offers = 0;
  proxy.tamper = ({ target }) => {
    if (!target.startsWith('/api/v1/requests/')) return undefined;
    if (++offers === 2) arrived.resolve();
    return held.promise;
  };
  const write = (name: string) => world.call(admin, MAPS, { body: configMap(name) });
  const first = [write('first'), write('second')];
  await arrived.promise;
  const refused = await write('third');
  expect([refused.status, causeOf(refused), refused.headers['retry-after']]).toEqual([
    429,
    'TooManyRequests',
    '1',
  ]);
  held.resolve();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201]);
  expect((await write('third')).status).toBe(201);
  expect(offers).toBe(3);
});
