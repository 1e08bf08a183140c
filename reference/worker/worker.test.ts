import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../master/testing/bench.ts';
import { ensureServerCertificate } from '../tls/index.ts';
import type { LoneWorker, LoneWorkerOptions } from './testing/lone-worker.ts';
import { startLoneWorker } from './testing/lone-worker.ts';
import { ScriptedMaster } from './testing/scripted-master.ts';

let folder: string;
let master: ScriptedMaster;
let worker: LoneWorker | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worker-'));
  master = await ScriptedMaster.start(folder);
});
afterEach(async () => {
  worker?.stop();
  await worker?.ended.catch(() => undefined);
  worker = undefined;
  await master[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function start(options: LoneWorkerOptions = {}): LoneWorker {
  worker = startLoneWorker(master, options);
  return worker;
}

const beats = (): number => master.count('/api/v1/heartbeat');
const atLeast = (count: number): Promise<true> => eventually(() => (beats() >= count ? true : undefined));

describe('the way to a running worker', () => {
  test('goes through its steps in order and heartbeats with what it knows', async () => {
    const it = start();
    await atLeast(3);
    it.stop();
    expect(await it.ended).toEqual({ code: 0, message: '' });
    expect(master.asked.slice(0, 3).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v1/attestation',
      'POST /api/v1/register-worker',
      'POST /api/v1/heartbeat',
    ]);
    expect(master.asked[0]?.headers).not.toHaveProperty('x-seal-token');
    const sent = master.asked.filter(({ path }) => path === '/api/v1/heartbeat');
    expect(new Set(sent.map(({ headers }) => headers['x-seal-token'])).size).toBe(sent.length);
    expect(JSON.parse(sent[0]!.body)).toMatchObject({
      node_id: 'n',
      stake_status: 'active',
      stake_amount: 1_000_000_000,
      running_pods: 2,
      resource_usage: { cpu: 0.1, memory: 0.2, disk: 0.3 },
    });
    expect(new Set(master.asked.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
    expect(it.agent.did).toEqual(['start', 'stop']);
    const count = beats();
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
    expect(beats()).toBe(count);
  });

  test('logs each step, and no secret', async () => {
    const it = start();
    await atLeast(2);
    const log = it.log();
    for (const step of ['stake', 'seal-token', 'endpoint', 'attestation', 'register', 'agent', 'heartbeat']) {
      expect(log).toContain(`"step":"${step}"`);
    }
    for (const { headers } of master.asked) {
      const credential = String(headers['x-seal-token'] ?? 'none at all');
      expect(log).not.toContain(credential.slice(6, 14));
    }
    expect(log).not.toContain(it.agent.joins[0]!.token.slice(9, 14));
  });

  test.each<[string, LoneWorkerOptions, RegExp]>([
    [
      'another master on chain',
      { info: (info) => ({ ...info, url: 'https://127.0.0.1:9' }) },
      /not the master on chain/,
    ],
    [
      'other measurements',
      {
        info: (info) => ({ ...info, expectedPcrs: info.expectedPcrs.map(() => new Uint8Array(48).fill(9)) }),
      },
      /PcrMismatch/,
    ],
    [
      'another key on chain',
      { info: (info) => ({ ...info, publicKey: new Uint8Array(32).fill(7) }) },
      /PublicKeyMismatch/,
    ],
    ['a replaced key version', { info: (info) => ({ ...info, keyVersion: 2n }) }, /replaced/],
  ])('ends at %s', async (_what, options, message) => {
    const end = await start(options).ended;
    expect(end).toMatchObject({ code: 1, message: expect.stringMatching(message) });
    expect(worker?.agent.did).toEqual([]);
  });

  test('ends at a document over another nonce', async () => {
    master.attest = (request) => ({ ...request, nonce: new Uint8Array(32) });
    expect((await start().ended).message).toMatch(/NonceMismatch/);
    expect(master.count('/api/v1/register-worker')).toBe(0);
  });

  test.each<[string, () => void]>([
    [
      'unsigned',
      () => (master.join = ({ ...joined }: { signature?: string }) => (delete joined.signature, joined)),
    ],
    [
      'signed for another node',
      () => (master.statement = (statement) => ({ ...statement, nodeId: 'other' })),
    ],
    ['missing', () => (master.join = () => undefined)],
  ])('ends at join data that is %s', async (_what, lie) => {
    lie();
    expect((await start().ended).message).toMatch(/join data/);
    expect(worker?.agent.did).toEqual([]);
  });

  test.each([401, 403, 409])('ends when the registration is refused with %i', async (status) => {
    master.register = () => ({
      status,
      body: { error: { reason: 'Forbidden', message: 'm', code: status } },
    });
    expect(await start().ended).toMatchObject({ code: 1, message: expect.stringMatching(String(status)) });
    expect(master.count('/api/v1/register-worker')).toBe(1);
  });

  test('tries again while the master is overloaded, with a fresh credential each time', async () => {
    master.register = (count) => (count < 3 ? { status: 503, headers: { 'retry-after': '0' } } : 'as usual');
    start();
    await atLeast(1);
    const sent = master.asked.filter(({ path }) => path === '/api/v1/register-worker');
    expect(new Set(sent.map(({ headers }) => headers['x-seal-token'])).size).toBe(3);
  });

  test('sends nothing to a master whose certificate it cannot verify', async () => {
    const other = await ensureServerCertificate(join(folder, 'other'), ['127.0.0.1']);
    expect((await start({ ca: other.ca }).ended).code).toBe(1);
    expect(master.asked).toEqual([]);
  });

  test('does not follow a redirect', async () => {
    const reached: string[] = [];
    const elsewhere = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => {
      elsewhere.listen(0, '127.0.0.1', resolve);
    });
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    master.register = () => ({ status: 307, headers: { location } });
    expect((await start().ended).code).toBe(1);
    expect(reached).toEqual([]);
    elsewhere.close();
  });
});

describe('a running worker', () => {
  test('restarts its agent after three failures in a row', async () => {
    master.heartbeat = (count) => (count > 1 && count < 5 ? { status: 500 } : { status: 200 });
    const it = start();
    await atLeast(6);
    expect(it.agent.did).toEqual(['start', 'stop', 'start']);
  });

  test('starts its agent again when the line that kept it from starting is back', async () => {
    master.heartbeat = (count) => (count > 1 && count < 5 ? { status: 500 } : { status: 200 });
    const it = start();
    it.agent.failsAt = 3;
    await atLeast(7);
    expect(it.agent.did).toEqual(['start', 'stop', 'start', 'start']);
  });

  test('gives a hanging master up in time', async () => {
    master.heartbeat = (count) => (count === 1 ? undefined : { status: 200 });
    start();
    await atLeast(3);
  });

  test('honours Retry-After', async () => {
    master.heartbeat = (count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 };
    start();
    await atLeast(2);
    const [first, second] = master.asked.filter(({ path }) => path === '/api/v1/heartbeat');
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(1_000);
  });

  test('registers again when the master has forgotten it', async () => {
    const unknown = { error: { reason: 'UnknownNode', message: 'm', code: 404 } };
    master.heartbeat = (count) => (count === 2 ? { status: 404, body: unknown } : { status: 200 });
    const it = start();
    await atLeast(4);
    expect(master.count('/api/v1/register-worker')).toBe(2);
    expect(it.agent.joins[1]?.token).not.toBe(it.agent.joins[0]?.token);
  });

  test('renews its seal token before it ends', async () => {
    const it = start({ tokenSeconds: 2 });
    await eventually(() => (master.count('/api/v1/register-worker') >= 2 ? true : undefined));
    const live = [...it.chain.tokens.values()].filter(({ revoked }) => !revoked);
    expect(live.map(({ id }) => id)).toEqual([it.token]);
  });

  test('is silent and gone with code 3 when its stake is slashed', async () => {
    const it = start();
    await atLeast(2);
    it.chain.slash(it.stake);
    expect(await it.ended).toMatchObject({ code: 3 });
    expect(it.agent.did).toEqual(['start', 'drain']);
    const count = master.asked.length;
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
    expect(master.asked).toHaveLength(count);
  });

  test('believes the chain, not the master, about its stake', async () => {
    const inactive = { error: { reason: 'StakeInactive', message: 'm', code: 401 } };
    master.heartbeat = (count) => (count === 2 ? { status: 401, body: inactive } : { status: 200 });
    const it = start();
    await atLeast(4);
    it.stop();
    expect((await it.ended).code).toBe(0);
  });

  test('stops at once in the midst of a heartbeat', async () => {
    master.heartbeat = () => undefined;
    const it = start({ intervalSeconds: 30 });
    await atLeast(1);
    const began = performance.now();
    it.stop();
    expect((await it.ended).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
