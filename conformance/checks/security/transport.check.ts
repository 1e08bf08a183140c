import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handshake, sendRaw } from '../../drivers/raw-tls.ts';
import { TcpProxy } from '../../drivers/tcp-proxy.ts';
import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { ServerInfo } from '../../target/world-info.ts';
import { selfSigned } from '../../world/certificates.ts';
import type { GatewayApi } from '../../world/gateway-api.ts';
import { beat, HEARTBEAT, PODS, prepareHeartbeat, registeredWorker } from '../credentials/asking.ts';
import { anotherGateway, serving } from '../credentials/restarting.ts';
import { createSecret, encodingsOf, holdsNone, piecesOfCredential, SECRETS } from './secrets.ts';

const SERVERS = ['gateway', 'master'] as const;
const timeoutMs = 45_000;
const alone = { exclusive: true, timeoutMs };

function serverOf(t: CheckContext, part: 'gateway' | 'master'): ServerInfo {
  const server = t.world[part];
  t.needs(`a ${part}`, server !== undefined);
  return server;
}

/** A TLS server that is not the master, and what it was sent. */
async function impostor(t: CheckContext): Promise<{ url: string; requests: string[] }> {
  const { key, cert } = await selfSigned();
  const requests: string[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"PodList","items":[]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The gateway must not serve a read through a master that it cannot verify. */
async function readsNothing(t: CheckContext, gateway: GatewayApi): Promise<void> {
  const user = await t.actors.shared('user');
  for (let times = 0; times < 2; times += 1) {
    const answer = await gateway.as(user, 'GET', PODS, { timeoutMs: 20_000 });
    status(answer, [500, 502, 503, 504]);
    equal('the kind of answer', at(answer.json, 'kind'), 'Status');
  }
}

/** One more gateway, whose ways to the master and to the chain lead through the suite. */
async function gatewayBehindProxies(
  t: CheckContext,
): Promise<{ gateway: GatewayApi; toMaster: TcpProxy; toChain: TcpProxy }> {
  const proxied = async (target: string): Promise<TcpProxy> => {
    const proxy = await TcpProxy.start({ target });
    t.defer(() => proxy[Symbol.asyncDispose]());
    return proxy;
  };
  const toMaster = await proxied(serverOf(t, 'master').url);
  const toChain = await proxied(t.world.chain.url);
  const { gateway } = await anotherGateway(t, { 'master.url': toMaster.url, 'chain.url': toChain.url });
  return { gateway, toMaster, toChain };
}

export default defineChecks([
  ...SERVERS.map((part) =>
    check(
      `SEC-TLS-001/${part}`,
      `the ${part} speaks TLS 1.3 under the CA it publishes`,
      { mutants: part === 'gateway' ? ['tls-1-3-missing'] : [] },
      async (t) => {
        const server = serverOf(t, part);
        const met = await handshake(server, { min: 'TLSv1.3' });
        equal('the handshake', met, { ok: true, version: 'TLSv1.3', authorized: true });
        const { cert } = await selfSigned();
        const strange = await handshake({ url: server.url, ca: cert });
        ok('it does not chain to another CA', !strange.ok, { got: strange });
      },
    ),
  ),

  ...SERVERS.map((part) =>
    check(
      `SEC-TLS-002/${part}`,
      `the ${part} refuses TLS 1.2`,
      { mutants: ['tls-1-2-accepted', ...(part === 'gateway' ? ['tls-1-3-missing'] : [])] },
      async (t) => {
        const server = serverOf(t, part);
        const met = await handshake(server, { min: 'TLSv1.2', max: 'TLSv1.2' });
        ok('the handshake fails', !met.ok, { got: met });
        equal('TLS 1.3 goes on', (await handshake(server, { min: 'TLSv1.3' })).ok, true);
      },
    ),
  ),

  check(
    'SEC-TLS-003/authority',
    'the gateway refuses a master of another CA',
    { timeoutMs, mutants: ['gateway-tls-unverified'] },
    async (t) => {
      const { url, requests } = await impostor(t);
      const { gateway } = await anotherGateway(t, { 'master.url': url });
      await readsNothing(t, gateway);
      equal('what the impostor was sent', requests, []);
    },
  ),

  check(
    'SEC-TLS-003/name',
    'the gateway refuses a master of another name',
    { timeoutMs, mutants: ['gateway-tls-unverified'] },
    async (t: CheckContext) => {
      const master = serverOf(t, 'master');
      const { hostname } = new URL(master.url);
      t.needs('a master at 127.0.0.1', hostname === '127.0.0.1');
      const proxy = await TcpProxy.start({ host: '127.0.0.2', target: master.url });
      t.defer(() => proxy[Symbol.asyncDispose]());
      const { gateway } = await anotherGateway(t, { 'master.url': proxy.url });
      await readsNothing(t, gateway);
      ok('the gateway has come that way', proxy.connections > 0);
    },
  ),

  check(
    'SEC-TLS-004',
    'a worker joins no master that it cannot verify',
    { timeoutMs: 30_000, mutants: ['worker-tls-unverified'] },
    async (t: CheckContext) => {
      t.needs('a worker that the suite can start', t.world.worker);
      const dir = await mkdtemp(join(tmpdir(), 'daas-ca-'));
      t.defer(() => rm(dir, { recursive: true, force: true }));
      const ca = join(dir, 'ca.crt');
      await writeFile(ca, (await selfSigned()).cert);
      const worker = await t.control.startWorker({ values: { 'master.ca': ca } });
      t.defer(() => t.control.kill({ part: worker.id }));
      const staked = await t.chain.event('StakeEvent', { staker: worker.address }, 12_000);
      ok('the worker has begun', staked !== undefined);
      await pause(4_000, t.signal);
      const node = await t.gateway.as(
        await t.actors.shared('admin'),
        'GET',
        `/api/v1/nodes/${worker.nodeId}`,
      );
      status(node, 404);
    },
  ),

  ...SERVERS.map((part) =>
    check(
      `SEC-TLS-005/${part}`,
      `the ${part} serves nothing over plain HTTP`,
      { mutants: ['plain-http-served'] },
      async (t) => {
        const server = serverOf(t, part);
        const { host } = new URL(server.url);
        const worker = await registeredWorker(t);
        const prepared = await prepareHeartbeat(t, worker);
        const session = await t.actors.session(await t.actors.shared('user'));
        const get = `GET ${PODS} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${session}\r\nConnection: close\r\n\r\n`;
        const head = `POST ${HEARTBEAT} HTTP/1.1\r\nHost: ${host}\r\nX-Seal-Token: ${prepared.credential}\r\nContent-Type: application/json\r\n`;
        const post = `${head}Content-Length: ${prepared.body.length}\r\nConnection: close\r\n\r\n${prepared.body}`;
        await eachRow(
          [
            ['a read', get],
            ['a heartbeat', post],
            ['health', `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
          ],
          async (bytes) => {
            const answer = await sendRaw(server, bytes, { plain: true, signal: t.signal });
            const [first] = answer.statuses;
            ok('an error or a closed connection', first === undefined ? answer.closed : first >= 300, {
              got: answer.text.slice(0, 300),
            });
          },
        );
        if (part === 'master') status(await beat(t, prepared), 200);
      },
    ),
  ),

  check(
    'SEC-LEAK-008',
    'nothing secret is seen on the wire between the parts',
    { ...alone, mutants: ['body-on-chain'] },
    async (t) => {
      const { gateway, toMaster, toChain } = await gatewayBehindProxies(t);
      const admin = await t.actors.fresh('admin');
      await serving(t, gateway, admin);
      const { name, value } = await createSecret(t, admin, gateway);
      const session = await t.actors.session(admin);
      const read = await gateway.with(session, 'GET', `${SECRETS}/${name}`);
      equal('the value read', at(read.json, 'data', 'value'), Buffer.from(value).toString('base64'));
      for (const [where, proxy] of [
        ['the way to the master', toMaster],
        ['the way to the chain', toChain],
      ] as const) {
        ok(`something went ${where}`, proxy.seen.length > 1000, { got: proxy.seen.length });
        holdsNone(where, proxy.seen, [...encodingsOf(value), ...piecesOfCredential(session)]);
      }
    },
  ),

  check(
    'SEC-EXH-002',
    'many calls share few connections',
    { timeoutMs, mutants: ['gateway-connection-per-call'] },
    async (t) => {
      const { gateway, toMaster, toChain } = await gatewayBehindProxies(t);
      const user = await t.actors.shared('user');
      await serving(t, gateway, user);
      status(await gateway.as(user, 'GET', PODS), 200);
      const before = { master: toMaster.connections, chain: toChain.connections };
      for (let count = 0; count < 100; count += 1) status(await gateway.as(user, 'GET', PODS), 200);
      const opened = {
        master: toMaster.connections - before.master,
        chain: toChain.connections - before.chain,
      };
      ok('a hundred reads in a row open few connections', opened.master <= 10 && opened.chain <= 10, {
        wanted: 'at most 10 each',
        got: opened,
      });
    },
  ),

  check(
    'SEC-EXH-001',
    'a flood without credentials leaves the memory bounded',
    { ...alone, mutants: ['requests-remembered'] },
    async (t: CheckContext) => {
      const used = async (): Promise<number[]> => {
        const parts = await Promise.all(SERVERS.map((part) => t.control.state({ part })));
        return parts.map(({ residentBytes }) => residentBytes ?? 0);
      };
      t.needs(
        'servers whose memory the system tells',
        (await used()).every((bytes) => bytes > 0),
      );
      const flood = async (count: number): Promise<void> => {
        for (let sent = 0; sent < count; sent += 50) {
          const round = Array.from({ length: 25 }, (_, index) => [
            t.gateway.http.send('GET', `${PODS}/${sent}-${index}-${'x'.repeat(2_000)}`),
            t.master.http.send('POST', HEARTBEAT, {
              headers: { 'x-seal-token': `${sent}-${index}` },
              body: '{}',
            }),
          ]).flat();
          await Promise.all(round);
          t.exchanges.length = 0;
        }
      };
      await flood(2_000);
      const before = await used();
      await flood(6_000);
      const grown = (await used()).map((bytes, index) =>
        Math.round((bytes - (before[index] ?? 0)) / 1_048_576),
      );
      ok(
        'the servers grow by no more than 64 MiB',
        grown.every((mebibytes) => mebibytes <= 64),
        {
          wanted: 'at most 64 MiB for 3000 requests each',
          got: grown,
        },
      );
    },
  ),
]);
