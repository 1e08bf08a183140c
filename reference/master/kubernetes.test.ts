import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Bench, eventually } from './testing/bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** Lines of a watch, as they come, until it ends. */
async function watchLines(
  target: string,
  headers: Record<string, string>,
): Promise<{ lines: string[]; ended: Promise<void> }> {
  const response = await bench.agent.request({ origin: bench.url, path: target, method: 'GET', headers });
  expect(response.statusCode).toBe(200);
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of response.body) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    }
  };
  return { lines, ended: read() };
}

describe('the Kubernetes API of the master', () => {
  test('is closed to everybody without an internal identity', async () => {
    for (const path of ['/api', '/api/v1/nodes', '/apis/apps/v1/deployments', '/openapi/v3', '/version']) {
      const { status, body } = await bench.send('GET', path);
      expect([status, body.kind, body.details.causes[0].reason]).toEqual([
        401,
        'Status',
        'MalformedCredential',
      ]);
    }
    const forged = await bench.send('GET', '/api/v1/nodes', { authorization: 'Bearer admin' });
    expect([forged.status, forged.body.details.causes[0].reason]).toEqual([401, 'UnknownToken']);
    const user = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    expect((await bench.send('GET', '/api/v1/nodes', user)).status).toBe(401);
  });

  test('wants to know for whom a gateway asks, and knows three kinds of users', async () => {
    const headers = await bench.readHeaders();
    expect(
      (await bench.send('GET', '/api/v1/pods', { ...headers, 'x-remote-group': 'system:masters' })).status,
    ).toBe(403);
    expect((await bench.send('GET', '/api/v1/pods', { ...headers, 'x-remote-user': 'admin' })).status).toBe(
      403,
    );
    expect((await bench.send('GET', '/api/v1/pods', await bench.readHeaders('daas:users'))).status).toBe(200);
    expect((await bench.send('GET', '/api/v1/secrets', await bench.readHeaders('daas:users'))).status).toBe(
      403,
    );
  });

  test('takes no changes from a gateway but by way of the chain', async () => {
    const headers = { ...(await bench.readHeaders()), 'content-type': 'application/json' };
    const { status } = await bench.send('POST', '/api/v1/namespaces', headers, '{"metadata":{"name":"x"}}');
    expect(status).toBe(403);
    expect((await bench.send('DELETE', '/api/v1/namespaces/default', headers)).status).toBe(403);
  });

  test.each(['//api/v1/nodes', '/api/v1/../v1/nodes', '/api/v1/%2e%2e/v1/nodes', '/api/v1/nodes%2fx'])(
    'refuses the path %s',
    async (path) => {
      expect((await bench.send('GET', path, await bench.readHeaders())).status).toBe(400);
    },
  );

  test('serves the same watch over HTTP and over WebSocket', async () => {
    const target = '/api/v1/nodes?watch=true&fieldSelector=metadata.name%3Dws1';
    const headers = await bench.readHeaders();
    const overHttp = await watchLines(target, headers);
    const socket = new WebSocket(bench.url.replace('https', 'wss') + target, { headers, ca: await ca() });
    const messages: string[] = [];
    socket.on('message', (data: Buffer) => messages.push(data.toString('utf8')));
    await new Promise((resolve, reject) => {
      socket.on('open', resolve).on('error', reject);
    });
    const staker = bench.staker('ws1');
    await bench.register(staker);
    await eventually(() =>
      overHttp.lines.length > 1 && messages.length >= overHttp.lines.length ? true : undefined,
    );
    expect(messages).toEqual(overHttp.lines);
    expect(JSON.parse(messages[0]!)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'ws1' } } });
    socket.close();
  });

  test('refuses a WebSocket as it would the same GET', async () => {
    const socket = new WebSocket(`${bench.url.replace('https', 'wss')}/api/v1/nodes?watch=true`, {
      ca: await ca(),
    });
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('error', () => {});
    });
    expect(status).toBe(401);
  });

  test('ends the watches of a node whose stake is slashed, and of a gateway that is retired', async () => {
    const staker = bench.staker('cut1');
    const { body } = await bench.register(staker);
    const node = await watchLines('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dcut1', {
      authorization: `Bearer ${body.join.token}`,
    });
    bench.chain.slash(staker.stake);
    await node.ended;
    const gateway = await watchLines('/api/v1/pods?watch=true', await bench.readHeaders());
    bench.chain.emit({ name: 'GatewayRetired', data: { gateway_cap: bench.gateway.cap } });
    await gateway.ended;
  });

  test('serves the log lines that a pod’s node hands in', async () => {
    const staker = bench.staker('log1');
    const { body } = await bench.register(staker);
    const mine = { authorization: `Bearer ${body.join.token}` };
    await bench.create('/api/v1/namespaces/default/pods', pod('mine', 'log1'));
    await bench.create('/api/v1/namespaces/default/pods', pod('other', 'elsewhere'));
    expect((await bench.send('POST', log('other'), mine, 'x\n')).status).toBe(403);
    expect((await bench.send('POST', log('mine'), mine, 'one\ntwo\n')).status).toBe(200);
    const lines = await bench.send('GET', log('mine'), await bench.readHeaders());
    expect([lines.status, lines.body]).toEqual([200, 'one\ntwo\n']);
  });
});

async function ca(): Promise<string> {
  const { ensureServerCertificate } = await import('../tls/index.ts');
  return (await ensureServerCertificate(bench.directory, ['127.0.0.1'])).ca;
}

function pod(name: string, nodeName: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  };
}

function log(name: string): string {
  return `/api/v1/namespaces/default/pods/${name}/log?container=c`;
}
