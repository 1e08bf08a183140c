import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import { causeOf, configMap, GatewayWorld } from './testing/gateway-world.ts';
import type { CallOptions } from './testing/gateway-world.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';

let world: GatewayWorld;
let admin: Holder;
let user: Holder;
let node: Holder;
let ca: string;
beforeAll(async () => {
  world = await GatewayWorld.start({
    gateway: { limits: { requests_per_second: 5, burst: 60, body_bytes: 4096 } },
  });
  admin = await world.chain.holder('admin');
  user = await world.chain.holder('user');
  node = await world.chain.holder('node');
  ca = await readFile(join(world.dir, 'gateway', 'ca.crt'), 'utf8');
});
afterAll(() => world[Symbol.asyncDispose]());

/** Writes these bytes over TLS and reads until the gateway closes, or until `until` was seen. */
function raw(bytes: string, until = /\r\n\r\n[\s\S]*\}/): Promise<string> {
  const { port, hostname } = new URL(world.gateway.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port), ca }, () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (until.test(text)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

const cause = async (path: string, options: CallOptions): Promise<unknown[]> => {
  const answer = await world.call(admin, path, options);
  return [answer.status, answer.json['reason'], causeOf(answer)];
};

describe('who may come in', () => {
  test.each(['', 'Basic YTpi', 'Bearer', 'Bearer ', 'Negotiate x', 'bearer a b', 'seal1.a.b'])(
    'authorization %j is 401',
    async (authorization) => {
      const headers = authorization === '' ? {} : { authorization };
      expect(await cause(PODS, { credential: '', headers })).toEqual([
        401,
        'Unauthorized',
        'MalformedCredential',
      ]);
    },
  );

  test('two Authorization headers are 401, although each one is good', async () => {
    const credential = await world.credential(admin);
    const line = `Authorization: Bearer ${credential}\r\n`;
    const answer = await raw(`GET ${PODS} HTTP/1.1\r\nHost: a\r\n${line}${line}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  test('a credential in the URL is not looked at', async () => {
    const credential = await world.credential(admin);
    const path = `${PODS}?access_token=${credential}&authorization=Bearer%20${credential}`;
    expect((await world.call(admin, path, { credential: '' })).status).toBe(401);
  });

  test('a node token is 403', async () => {
    const answer = await world.call(node, PODS);
    expect([answer.status, causeOf(answer)]).toEqual([403, 'Forbidden']);
  });

  test("another owner's token is as unknown as one that does not exist", async () => {
    const foreign = await world.call(user, PODS, {
      credential: await world.credential({ ...user, token: admin.token }),
    });
    const none = await world.call(user, PODS, {
      credential: await world.credential({ ...user, token: `0x${'3'.repeat(64)}` }),
    });
    expect(foreign.status).toBe(401);
    expect(foreign.text).toBe(none.text);
    expect(causeOf(none)).toBe('UnknownToken');
  });

  test('early data is 425', async () => {
    const answer = await world.call(admin, PODS, { headers: { 'early-data': '1' } });
    expect([answer.status, causeOf(answer)]).toEqual([425, 'TooEarly']);
  });
});

describe('what may be sent', () => {
  test.each([
    '/api/v1/../v1/secrets',
    '/api/v1/%2e%2e/v1/secrets',
    '//api/v1/secrets',
    '/api/v1//secrets',
    '/api%2fv1/secrets',
    '/api/v1\\secrets',
    '/api/v1/pods/%00',
    'https://example.org/api/v1/secrets',
  ])('target %j is 400', async (target) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"kind":"Status"');
  });

  test.each([
    ['content-length and chunked', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two content-lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a folded header', 'X-A: b\r\n c\r\n\r\n'],
    ['a bare line feed', 'X-A: b\nX-C: d\r\n\r\n'],
    ['no host', ''],
  ])('%s is 400 with a Status, and the connection ends', async (_, tail) => {
    const host = tail === '' ? '\r\n' : `Host: a\r\n${tail}`;
    const answer = await raw(`POST ${PODS} HTTP/1.1\r\n${host}`, /never/);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"kind":"Status"');
  });

  test('20 kB of headers are 431', async () => {
    const answer = await raw(`GET ${PODS} HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('"kind":"Status"');
  });

  test('a body above the limit is 413, announced or chunked', async () => {
    const body = JSON.stringify(configMap('big', { a: 'x'.repeat(5000) }));
    expect(await cause(MAPS, { body })).toEqual([413, 'RequestEntityTooLarge', 'PayloadTooLarge']);
    const credential = await world.credential(admin);
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    const answer = await raw(
      `POST ${MAPS} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${credential}\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test.each([
    ['OPTIONS', PODS, 405],
    ['HEAD', PODS, 405],
    ['POST', '/version', 405],
    ['GET', '/metrics', 404],
    ['GET', '/api/v1/nothings', 404],
  ])('%s %s is refused as a Status', async (method, path, status) => {
    const answer = await world.call(admin, path, { method });
    expect(answer.status).toBe(status);
    if (method !== 'HEAD') expect(answer.json).toMatchObject({ kind: 'Status', code: status });
  });
});

describe('how much', () => {
  test('a wallet above its rate gets 429 and Retry-After, others do not', async () => {
    const credential = await world.credential(user);
    const answers = await Promise.all(
      Array.from({ length: 90 }, () => world.call(user, '/version', { credential })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([answer.json['reason'], causeOf(answer)]).toEqual(['TooManyRequests', 'TooManyRequests']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await world.call(admin, '/version')).status).toBe(200);
  });
});

describe('health', () => {
  test.each(['/healthz', '/readyz', '/livez'])('%s says ok and no more', async (path) => {
    await expect.poll(async () => (await world.call(admin, path, { credential: '' })).text).toBe('ok');
  });
});
