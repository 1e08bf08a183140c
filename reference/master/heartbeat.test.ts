import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Staker } from './testing/bench.ts';
import { Bench, eventually } from './testing/bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start((deps) => ({ seams: { ...deps.seams, offlineAfterSeconds: 60 } }));
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

async function state(nodeId: string): Promise<string | undefined> {
  const { body } = await bench.read(`/api/v1/nodes/${nodeId}`);
  return body.metadata?.labels?.['k3s-daas.dev/worker-state'];
}

async function reaches(staker: Staker, wanted: string | undefined): Promise<void> {
  await eventually(async () => ((await state(staker.nodeId)) === wanted ? true : undefined));
}

describe('POST /api/v1/heartbeat', () => {
  test('moves a worker from pending through active and busy', async () => {
    const staker = bench.staker('h1');
    await bench.register(staker);
    await reaches(staker, 'pending');
    const answer = await bench.heartbeat(staker);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'acknowledged', node_id: 'h1' });
    await reaches(staker, 'active');
    await bench.heartbeat(staker, { resource_usage: { cpu: 0.97, memory: 0.1, disk: 0.1 } });
    await reaches(staker, 'busy');
    await bench.heartbeat(staker);
    await reaches(staker, 'active');
  });

  test('a silent worker goes offline and comes back', async () => {
    const staker = bench.staker('h2');
    await bench.register(staker);
    await bench.heartbeat(staker);
    bench.clock.shiftMs += 61_000;
    await reaches(staker, 'offline');
    const taints = async (): Promise<unknown> => (await bench.read('/api/v1/nodes/h2')).body.spec?.taints;
    await eventually(async () => ((await taints()) === undefined ? undefined : true));
    expect(await taints()).toEqual([{ key: 'k3s-daas.dev/offline', effect: 'NoSchedule' }]);
    await bench.heartbeat(staker);
    await reaches(staker, 'active');
    await eventually(async () => ((await taints()) === undefined ? true : undefined));
  });

  test.each([
    [{ node_id: 'other' }, 403, 'NodeIdMismatch'],
    [{ timestamp: 5 }, 400, 'TimestampOutOfRange'],
    [{ running_pods: 'many' }, 400, 'BadRequest'],
    [{ stake_amount: -1 }, 400, 'BadRequest'],
    [{ resource_usage: { cpu: 1 } }, 400, 'BadRequest'],
  ])('refuses %j with %i %s', async (fields, status, reason) => {
    const answer = await bench.heartbeat(bench.staker('h3'), fields);
    expect([answer.status, answer.body.error.reason]).toEqual([status, reason]);
  });

  test('refuses a node that has not registered', async () => {
    const answer = await bench.heartbeat(bench.staker('h4'));
    expect([answer.status, answer.body.error.reason]).toEqual([404, 'UnknownNode']);
  });

  test('slashing is terminal: node and pods go, heartbeats and registrations are refused', async () => {
    const staker = bench.staker('h5');
    await bench.register(staker);
    await bench.heartbeat(staker);
    await reaches(staker, 'active');
    bench.chain.slash(staker.stake);
    await reaches(staker, undefined);
    const beat = await bench.heartbeat(staker);
    expect([beat.status, beat.body.error.reason]).toEqual([401, 'StakeInactive']);
    const again = await bench.register(staker);
    expect([again.status, again.body.error.reason]).toEqual([401, 'StakeInactive']);
  });

  test('a revoked token makes the node unavailable, a new one brings it back', async () => {
    const staker = bench.staker('h6');
    await bench.register(staker);
    await bench.heartbeat(staker);
    bench.chain.revoke(staker.token);
    await reaches(staker, 'offline');
    const renewed = { ...bench.staker('h6'), pair: staker.pair };
    const token = bench.chain.tokens.get(renewed.token)!;
    bench.chain.tokens.set(renewed.token, {
      ...token,
      owner: staker.pair.toSuiAddress(),
      stakeRecord: staker.stake,
    });
    expect((await bench.register({ ...renewed, stake: staker.stake })).status).toBe(200);
    await bench.heartbeat(renewed);
    await reaches(staker, 'active');
  });

  test('cached tokens go on working while the chain is away, unknown ones get 503', async () => {
    const known = bench.staker('h7');
    await bench.register(known);
    bench.chain.unavailable = true;
    try {
      expect((await bench.heartbeat(known)).status).toBe(200);
      const unknown = await bench.register(bench.staker('h8'));
      expect([unknown.status, unknown.body.error.reason]).toEqual([503, 'ChainUnavailable']);
      expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      bench.chain.unavailable = false;
    }
  });
});

describe('GET /health and /metrics', () => {
  test('health has two keys', async () => {
    const { status, body } = await bench.send('GET', '/health');
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(['status', 'timestamp']);
  });

  test('metrics are on their own port, and name no worker', async () => {
    expect((await bench.send('GET', '/metrics')).status).toBe(401);
    const text = await (await fetch(bench.metricsUrl)).text();
    for (const name of [
      'requests_total',
      'request_duration_seconds',
      'token_validations_total',
      'replays_refused_total',
      'stake_operations_total',
      'store_entries',
      'event_lag_seconds',
      'workers',
    ]) {
      expect(text).toContain(`k3s_daas_${name}`);
    }
    expect(text).not.toContain('h1');
  });
});
