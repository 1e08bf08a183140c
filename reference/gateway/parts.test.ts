import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { ManualClock } from '../protocol/clock.ts';
import { parseCredential } from '../protocol/parse-credential.ts';
import type { TokenRecord } from '../protocol/tokens.ts';
import type { RecordedResponse } from '../protocol/wire-responses.ts';
import { checkBody } from './check-body.ts';
import { ConfigError } from '../protocol/config-file.ts';
import { parseGatewayConfig } from './config.ts';
import { execCredential } from './credential-plugin.ts';
import { kubeconfig } from './kubeconfig.ts';
import { OpenStreams } from './open-streams.ts';
import { Outcomes } from './outcomes.ts';
import { RateLimit } from './rate-limit.ts';

const ID = `0x${'a'.repeat(64)}`;

describe('configuration', () => {
  const minimal = {
    listen: { host: '127.0.0.1', port: 0 },
    data_dir: '/tmp/x',
    chain: { url: 'http://127.0.0.1:9000', package: ID, pool: ID, registry: ID, cluster: ID, endpoint: ID },
    gateway_cap: ID,
    wallet: { secret_key: 'suiprivkey1secret' },
    master: { urls: ['https://127.0.0.1:1'], ca: 'ca.crt' },
  };

  test('defaults are filled in', () => {
    expect(parseGatewayConfig(minimal)).toMatchObject({
      limits: { body_bytes: 3_145_728, requests_per_second: 200 },
      timings: { request_deadline_ms: 2_000, cache_ttl_seconds: 300 },
      features: { direct_reads: true, one_shot_kubectl: false },
    });
  });

  test.each([
    [{ surprise: 1 }, /surprise/],
    [{ timings: { cache_ttl_seconds: 301 } }, /timings.cache_ttl_seconds/],
    [{ master: { urls: ['http://plain'], ca: 'x' } }, /master.urls/],
    [{ wallet: {} }, /wallet/],
    [{ gateway_cap: '0x1' }, /gateway_cap/],
  ])('%j is refused by name, without any value', (change, message) => {
    const parsing = (): unknown => parseGatewayConfig({ ...minimal, ...change });
    expect(parsing).toThrow(ConfigError);
    expect(parsing).toThrow(message);
    expect(parsing).not.toThrow(/suiprivkey1secret/);
  });
});

describe('rate limit', () => {
  test('a burst, then the rate, each wallet for itself', () => {
    let now = 0;
    const limit = new RateLimit({ perSecond: 2, burst: 3, now: () => now });
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
    expect(limit.take('b')).toBe(0);
    now += 1_000;
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 1]);
    now += 3_600_000;
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
  });
});

const response = (bytes: number): RecordedResponse => ({ body: new Uint8Array(bytes) }) as RecordedResponse;

describe('outcomes', () => {
  test('are for the wallet that asked, for their time', async () => {
    const clock = new ManualClock(0);
    const outcomes = new Outcomes({ clock, ttlSeconds: 300 });
    const flight = Promise.resolve(response(10));
    expect(outcomes.keep('r', 'me', flight)).toBe(true);
    expect(outcomes.get('r', 'me')).toEqual({ state: 'pending' });
    await flight;
    await expect.poll(() => outcomes.get('r', 'me')?.state).toBe('done');
    expect(outcomes.get('r', 'you')).toBeUndefined();
    clock.advance(300_000);
    expect(outcomes.get('r', 'me')).toBeUndefined();
  });

  test('are bounded in number and bytes', async () => {
    const outcomes = new Outcomes({ clock: new ManualClock(0), ttlSeconds: 300, capacity: 2, bytes: 15 });
    expect(outcomes.keep('a', 'me', Promise.resolve(response(10)))).toBe(true);
    expect(outcomes.keep('b', 'me', Promise.resolve(response(10)))).toBe(true);
    expect(outcomes.keep('c', 'me', Promise.resolve(response(1)))).toBe(false);
    await expect
      .poll(() => [outcomes.get('a', 'me')?.state, outcomes.get('b', 'me')?.state])
      .toEqual(['done', 'failed']);
  });
});

describe('open streams', () => {
  const token = { tokenId: 'token', stakeRecord: 'stake', expiresAt: 1e9 } as TokenRecord;

  test.each([
    ['SealTokenRevoked', { token: 'token' }, ['TokenRevoked']],
    ['SealTokenRevoked', { token: 'other' }, []],
    ['SlashEvent', { record: 'stake' }, ['StakeInactive']],
    ['UnstakeEvent', { record: 'stake' }, ['StakeInactive']],
    ['UnstakeEvent', { record: 'other' }, []],
  ])('%s %j', (name, data, ends) => {
    const streams = new OpenStreams(new ManualClock(0));
    const seen: string[] = [];
    const leave = streams.add(token, (by) => seen.push(by));
    streams.observe({ name, data });
    streams.observe({ name, data });
    expect(seen).toEqual(ends);
    leave();
    expect(streams.size).toBe(0);
  });
});

const check = (method: string, type: string, body: string): unknown => {
  try {
    checkBody({ method, headers: { 'content-type': type } }, { verb: 'create' }, Buffer.from(body));
    return 'taken';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('bodies', () => {
  test.each([
    ['POST', 'application/json', '{"kind":"A","apiVersion":"v1"}', 'taken'],
    ['POST', 'application/json; charset=utf-8', '{"kind":"A","apiVersion":"v1"}', 'taken'],
    ['POST', 'application/yaml', 'kind: A\napiVersion: v1\n', 'taken'],
    ['POST', 'application/json', '{"metadata":{}}', 'taken'],
    ['POST', 'application/json', '{"kind":7}', 'BadRequest'],
    ['POST', 'application/json', '', 'BadRequest'],
    ['POST', 'application/json', 'null', 'BadRequest'],
    ['POST', 'application/json', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'BadRequest'],
    ['POST', 'application/yaml', 'a: [', 'BadRequest'],
    ['POST', 'text/plain', '{"kind":"A","apiVersion":"v1"}', 'UnsupportedMediaType'],
    ['POST', 'application/vnd.kubernetes.protobuf', 'k8s\0x', 'taken'],
    ['POST', 'application/vnd.kubernetes.protobuf', 'else', 'BadRequest'],
    ['PATCH', 'application/json', '{}', 'UnsupportedMediaType'],
    ['PATCH', 'application/merge-patch+json', '{}', 'taken'],
    ['PATCH', 'application/strategic-merge-patch+json', '[]', 'BadRequest'],
    ['PATCH', 'application/json-patch+json', '[]', 'taken'],
    ['PATCH', 'application/json-patch+json', '{}', 'BadRequest'],
    ['PATCH', 'application/apply-patch+yaml', 'kind: A\napiVersion: v1', 'taken'],
    ['PATCH', 'application/apply-patch+yaml', 'a: 1', 'BadRequest'],
    ['DELETE', '', '', 'taken'],
    ['DELETE', 'application/json', '{"propagationPolicy":"Background"}', 'taken'],
    ['DELETE', 'application/json', '{', 'BadRequest'],
  ])('%s %s %j: %s', (method, type, body, verdict) => {
    expect(check(method, type, body)).toBe(verdict);
  });
});

test('a kubeconfig names gateway, CA and plugin, and holds no secret', () => {
  const text = kubeconfig({
    server: 'https://gw:1',
    ca: 'PEM',
    command: 'node',
    args: ['plugin.ts', '--cluster', ID],
  });
  expect(parse(text)).toMatchObject({
    clusters: [{ cluster: { server: 'https://gw:1', 'certificate-authority-data': 'UEVN' } }],
    users: [
      { user: { exec: { command: 'node', args: ['plugin.ts', '--cluster', ID], interactiveMode: 'Never' } } },
    ],
    'current-context': 'k3s-daas',
  });
});

test.each([
  [false, 270],
  [true, -60],
])('the plugin’s credential, one-shot %s, is to be kept %i s', async (oneShot, seconds) => {
  const clock = new ManualClock(1_800_000_000_000);
  const options = { token: ID, cluster: ID, lifeSeconds: 300, oneShot, clock, randomBytes };
  const { status } = await execCredential(new Ed25519Keypair(), options);
  expect(parseCredential(status.token)?.claims).toMatchObject({ token: ID, aud: ID });
  expect(Date.parse(status.expirationTimestamp)).toBe(clock.nowMs() + seconds * 1_000);
});
