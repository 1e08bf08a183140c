import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { abortableSleep } from '../../chain/index.ts';
import { startHttpsCluster, type HttpsCluster } from '../../kubernetes/testing/https-cluster.ts';
import type { ApiRequest, ApiResponse } from '../../kubernetes/types.ts';
import { systemClock } from '../../protocol/clock.ts';
import { silentLogger } from '../../protocol/logger.ts';
import type { ClusterConfig } from '../config.ts';
import { PodLogs } from '../pod-logs.ts';
import { Bench, eventually } from '../testing/bench.ts';
import { openCluster } from './open-cluster.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

let dir = '';
let cluster: HttpsCluster;
const seen: Seen[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cluster-'));
  cluster = await startHttpsCluster({
    dir,
    onRequest: ({ method = '', url = '', headers }) => void seen.push({ method, url, headers }),
  });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const logs = new PodLogs({ now: () => Date.now() });
const ADMIN = { name: `0x${'a'.repeat(64)}`, groups: ['daas:admins'] };
const USER = { name: `0x${'b'.repeat(64)}`, groups: ['daas:users'] };

async function backend(kubeconfig: string, more: Partial<ClusterConfig> = {}) {
  const file = join(dir, `kubeconfig-${Math.random().toString(36).slice(2)}`);
  await writeFile(file, kubeconfig);
  return openCluster({
    config: { kubeconfig: file, impersonate: false, ...more },
    clock: systemClock,
    sleep: abortableSleep,
    logs,
    bodyBytes: 3_145_728,
    log: silentLogger(),
  });
}

function request(method: string, target: string, more: Partial<ApiRequest> = {}): ApiRequest {
  const [path = '', query = ''] = target.split('?', 2);
  return {
    method,
    path,
    query,
    headers: { accept: 'application/json' },
    body: new Uint8Array(),
    user: ADMIN,
    signal: new AbortController().signal,
    requestId: '0123456789abcdef0123456789abcdef',
    ...more,
  };
}

const writing = (object: object): Partial<ApiRequest> => ({
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: Buffer.from(JSON.stringify(object)),
});

interface Answered {
  kind?: string;
  reason?: string;
  metadata?: { name?: string; labels?: Record<string, string> };
}

function json({ body }: ApiResponse): Answered {
  return JSON.parse(Buffer.from(body as Uint8Array).toString('utf8')) as Answered;
}

const map = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const MAPS = '/api/v1/namespaces/default/configmaps';

describe('a cluster known by its kubeconfig', () => {
  test.each(['certificate', 'token'] as const)('is asked with the %s in it', async (by) => {
    await using part = await backend(cluster.kubeconfig(by));
    await part.start(new AbortController().signal);
    expect((await part.handle(request('POST', MAPS, writing(map(`by-${by}`))))).status).toBe(201);
    const read = await part.handle(request('GET', `${MAPS}/by-${by}`));
    expect([read.status, read.headers['content-type']]).toEqual([200, 'application/json']);
    expect(json(read).metadata?.name).toBe(`by-${by}`);
    const last = seen.at(-1);
    expect(last?.headers['authorization']?.startsWith('Bearer ') ?? false).toBe(by === 'token');
    expect(last?.headers['audit-id']).toBe('0123456789abcdef0123456789abcdef');
  });

  test('streams watches until the caller goes', async () => {
    await using part = await backend(cluster.kubeconfig('certificate'));
    const stop = new AbortController();
    const watch = await part.handle(
      request('GET', `${MAPS}?watch=true&fieldSelector=metadata.name%3Dwatched`, { signal: stop.signal }),
    );
    expect(watch.status).toBe(200);
    const types: string[] = [];
    const reading = (async () => {
      let rest = '';
      for await (const chunk of watch.body as AsyncIterable<Uint8Array>) {
        const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        types.push(...lines.map((line) => String((JSON.parse(line) as { type: string }).type)));
      }
    })();
    await part.handle(request('POST', MAPS, writing(map('watched'))));
    await part.handle(request('DELETE', `${MAPS}/watched`));
    await eventually(() => types.length >= 2 || undefined);
    expect(types).toEqual(['ADDED', 'DELETED']);
    stop.abort();
    await reading;
  });

  test.each([
    ['GET', '/api/v1/pods', 200],
    ['GET', '/api/v1/namespaces/default/pods/none', 404],
    ['GET', '/api', 200],
    ['GET', '/api/v1/secrets', 403],
    ['GET', '/apis/apps/v1/deployments', 403],
    ['POST', '/api/v1/namespaces/default/pods', 403],
    ['GET', '/api/v1/namespaces/default/pods/p/exec?command=sh', 404],
    ['GET', '/api/v1/namespaces/default/pods/p/proxy/secret', 404],
    ['GET', '/api/v1/namespaces/default/services/s/proxy', 404],
    ['GET', '/api/v1/watch/secrets', 404],
    ['GET', '/metrics', 404],
  ])('%s %s of the least stake is judged here: %i', async (method, target, status) => {
    await using part = await backend(cluster.kubeconfig('certificate'));
    const before = seen.length;
    const answer = await part.handle(request(method, target, { user: USER }));
    expect([answer.status, json(answer).kind]).toEqual([
      status,
      status === 200 ? expect.anything() : 'Status',
    ]);
    const passedOn = status === 200 || target.endsWith('/none');
    expect(seen.length - before).toBe(passedOn ? 1 : 0);
  });

  test('hears of nobody but the master, unless it is to impersonate', async () => {
    const claims = { 'impersonate-user': 'root', authorization: 'Bearer x', 'x-remote-user': 'root' };
    for (const impersonate of [false, true]) {
      await using part = await backend(cluster.kubeconfig('certificate'), { impersonate });
      await part.handle(request('GET', '/api/v1/pods', { headers: claims, user: USER }));
      const { headers } = seen.at(-1)!;
      expect(headers['impersonate-user']).toBe(impersonate ? USER.name : undefined);
      expect(headers['impersonate-group']).toBe(impersonate ? 'daas:users' : undefined);
      expect([headers['authorization'], headers['x-remote-user']]).toEqual([undefined, undefined]);
    }
  });

  test('gives the log lines that an agent handed in', async () => {
    await using part = await backend(cluster.kubeconfig('certificate'));
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'talks' },
      spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'x' }] },
    };
    expect((await part.handle(request('POST', '/api/v1/namespaces/default/pods', writing(pod)))).status).toBe(
      201,
    );
    logs.append({ namespace: 'default', name: 'talks', container: 'main' }, 'hello\n');
    const answer = await part.handle(request('GET', '/api/v1/namespaces/default/pods/talks/log'));
    let text = '';
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) text += Buffer.from(chunk).toString();
    expect([answer.status, text]).toEqual([200, 'hello\n']);
  });
});

describe('a cluster that is not as it should be', () => {
  test.each([
    [
      'a foreign authority',
      () => cluster.kubeconfig('certificate').replace(/"certificate-authority-data": "[^"]+"/, '"x": ""'),
    ],
    ['nobody listening', () => cluster.kubeconfig('certificate', 'https://127.0.0.1:1')],
  ])('%s is a 503 for reads', async (_, text) => {
    await using part = await backend(text());
    const answer = await part.handle(request('GET', '/api/v1/pods'));
    expect([answer.status, json(answer).reason, answer.headers['retry-after']]).toEqual([
      503,
      'ServiceUnavailable',
      '2',
    ]);
  });

  test('a write whose answer is lost is a 504, and not sent again', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await using part = await backend(
      cluster
        .kubeconfig('token', `http://127.0.0.1:${port}`)
        .replace(/"certificate-authority-data": "[^"]+"/, '"insecure-skip-tls-verify": true'),
    );
    const answer = await part.handle(request('POST', MAPS, writing(map('lost'))));
    expect([answer.status, json(answer).reason]).toEqual([504, 'Timeout']);
    expect(connections).toBe(1);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  test.each([
    [
      'an identity it does not know',
      () => cluster.kubeconfig('token').replace(/"token": "[^"]+"/, '"token": "x"'),
      {},
      /refuses the identity .*\(401\)/,
    ],
    ['no kubeconfig', () => '{', {}, /cannot read the kubeconfig/],
    [
      'no such context',
      () => cluster.kubeconfig('token'),
      { context: 'other' },
      /no context other .*contexts are default/,
    ],
  ])('%s stops the start', async (_, text, more, message) => {
    await using part = await backend(text(), more);
    await expect(part.start(new AbortController().signal)).rejects.toThrow(message);
  });

  test('a token file that is written anew is read again after a 401', async () => {
    const file = join(dir, 'token');
    await writeFile(file, 'stale');
    const text = cluster
      .kubeconfig('token')
      .replace(/"token": "[^"]+"/, `"tokenFile": ${JSON.stringify(file)}`);
    await using part = await backend(text);
    expect((await part.handle(request('GET', '/api/v1/pods'))).status).toBe(401);
    await writeFile(file, cluster.identity.token);
    const later = await eventually(async () => {
      const answer = await part.handle(request('GET', '/api/v1/pods'));
      return answer.status === 200 ? answer : undefined;
    });
    expect(later.status).toBe(200);
  });
});

test('workers of a master in front of it are its nodes; a slashed one is evicted also when it was away meanwhile', async () => {
  const part = await backend(cluster.kubeconfig('certificate'));
  let away = false;
  const handle = (asked: ApiRequest): Promise<ApiResponse> =>
    away ? Promise.resolve({ status: 503, headers: {}, body: Buffer.from('{}') }) : part.handle(asked);
  await using _part = part;
  await using bench = await Bench.start(() => ({ kubernetes: { ...part, handle } }));
  const staker = bench.staker('joined-1');
  expect((await bench.register(staker)).status).toBe(200);
  const direct = (): Promise<ApiResponse> => part.handle(request('GET', '/api/v1/nodes/joined-1'));
  expect(json(await direct()).metadata?.labels).toMatchObject({ 'kubernetes.io/hostname': 'joined-1' });
  expect((await bench.read('/api/v1/nodes/joined-1')).body.metadata.name).toBe('joined-1');
  away = true;
  bench.chain.slash(staker.stake);
  await eventually(async () => {
    const { status } = await bench.heartbeat(staker);
    return status === 401 || status === 403 || undefined;
  });
  expect((await direct()).status).toBe(200);
  away = false;
  await eventually(async () => ((await direct()).status === 404 ? true : undefined));
});
