import { describe, expect, test } from 'vitest';
import { Bench, eventually } from '../master/testing/bench.ts';
import { createRequest, RequestKit } from '../master/testing/request-kit.ts';
import type { MasterDeps } from '../master/master-deps.ts';
import { activeMutant, mutate } from './index.ts';

/** A master with one defect. */
async function defective(
  id: string,
  change: (deps: MasterDeps) => Partial<MasterDeps> = () => ({}),
): Promise<Bench> {
  const mutant = await activeMutant({ K3S_DAAS_MUTANT: id });
  return await Bench.start((deps) => {
    const changed = { ...deps, ...change(deps) };
    return {
      ...changed,
      seams: mutate(changed.seams, mutant?.master),
      credential: mutate(changed.credential, mutant?.credential),
      events: mutate(changed.seams, mutant?.master).events(changed.events),
    };
  });
}

/** The seams of a master started again. */
async function again(id: string): Promise<(deps: MasterDeps) => Partial<MasterDeps>> {
  const mutant = await activeMutant({ K3S_DAAS_MUTANT: id });
  return (deps) => ({ seams: mutate(deps.seams, mutant?.master) });
}

describe('a defect of the master shows', () => {
  test('registration-timestamp-ignored', async () => {
    await using bench = await defective('registration-timestamp-ignored');
    expect((await bench.register(bench.staker('a'), { timestamp: 5 })).status).toBe(200);
    expect((await bench.heartbeat(bench.staker('a'), { timestamp: 5 })).status).toBe(400);
  });

  test('foreign-node-accepted', async () => {
    await using bench = await defective('foreign-node-accepted');
    expect((await bench.register(bench.staker('a'), { node_id: 'b' })).status).toBe(200);
  });

  test('slashed-token-valid', async () => {
    await using bench = await defective('slashed-token-valid');
    const staker = bench.staker('a');
    await bench.register(staker);
    bench.chain.slash(staker.stake);
    expect((await bench.heartbeat(staker)).status).toBe(200);
    expect((await bench.register(staker)).status).toBe(200);
  });

  test('heartbeat-missing', async () => {
    await using bench = await defective('heartbeat-missing');
    const staker = bench.staker('a');
    await bench.register(staker);
    expect((await bench.heartbeat(staker)).status).toBe(404);
  });

  test('heartbeat-any-node', async () => {
    await using bench = await defective('heartbeat-any-node');
    await bench.register(bench.staker('a'));
    expect((await bench.heartbeat(bench.staker('b'), { node_id: 'a' })).status).toBe(200);
    expect((await bench.heartbeat(bench.staker('c'))).status).toBe(200);
  });

  test('health-tells-more', async () => {
    await using bench = await defective('health-tells-more');
    expect(Object.keys((await bench.send('GET', '/health')).body)).toContain('version');
  });

  test('pushed-event-believed', async () => {
    await using bench = await defective('pushed-event-believed');
    const staker = bench.staker('a');
    const { body } = await bench.register(staker);
    const event = {
      tx_digest: 'x',
      event_seq: 0,
      type: '0x1::staking::SlashEvent',
      data: { record: staker.stake },
    };
    await bench.send('POST', '/api/v1/sui-events', {}, JSON.stringify({ events: [event] }));
    const headers = { authorization: `Bearer ${body.join.token}` };
    expect((await bench.send('GET', '/api/v1/nodes/a', headers)).status).toBe(401);
  });

  test('attestation-nonce-ignored', async () => {
    await using bench = await defective('attestation-nonce-ignored');
    const ask = async (fill: number): Promise<string> => {
      const nonce = Buffer.alloc(16, fill);
      const { body } = await bench.send('GET', `/api/v1/attestation?nonce=${nonce.toString('base64url')}`);
      return Buffer.from(body.document, 'base64url').includes(nonce) ? 'own' : 'another';
    };
    expect([await ask(1), await ask(2)]).toEqual(['own', 'another']);
  });

  test('never-offline', async () => {
    await using bench = await defective('never-offline');
    const staker = bench.staker('a');
    await bench.register(staker);
    bench.clock.shiftMs += 3_600_000;
    const text = await (await fetch(bench.metricsUrl)).text();
    expect(text).toContain('k3s_daas_workers{state="offline"} 0');
  });

  test('nonce-race', async () => {
    await using bench = await defective('nonce-race');
    const staker = bench.staker('a');
    const target = '/api/v1/register-worker';
    const timestamp = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ node_id: 'a', seal_token: staker.token, timestamp });
    const credential = await bench.credential(staker, 'POST', target, body);
    const copies = [1, 2, 3].map(() => bench.send('POST', target, { 'x-seal-token': credential }, body));
    const passed = (await Promise.all(copies)).filter(({ status }) => status === 200);
    expect(passed.length).toBeGreaterThan(1);
  });

  test('nonce-evicted', async () => {
    await using bench = await defective('nonce-evicted');
    const staker = bench.staker('a');
    const target = '/api/v1/register-worker';
    const timestamp = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ node_id: 'a', seal_token: staker.token, timestamp });
    const credential = await bench.credential(staker, 'POST', target, body);
    const once = async (): Promise<number> =>
      (await bench.send('POST', target, { 'x-seal-token': credential }, body)).status;
    expect([await once(), await once()]).toEqual([200, 401]);
    for (let i = 0; i < 64; i++) await bench.heartbeat(staker);
    expect(await once()).toBe(200);
  });

  test('events-skipped', async () => {
    await using bench = await defective('events-skipped');
    const staker = bench.staker('a');
    const { body } = await bench.register(staker);
    const headers = { authorization: `Bearer ${body.join.token}` };
    bench.chain.emit(
      { name: 'StakeEvent', data: { record: '0x0' } },
      { name: 'SlashEvent', data: { record: staker.stake } },
    );
    bench.chain.emit({ name: 'StakeEvent', data: { record: '0x0' } });
    await eventually(async () => {
      const text = await (await fetch(bench.metricsUrl)).text();
      return text.includes('k3s_daas_stake_operations_total{operation="stake"} 2') ? true : undefined;
    });
    expect((await bench.send('GET', '/api/v1/nodes/a', headers)).status).toBe(200);
  });

  test('event-twice', async () => {
    await using bench = await defective('event-twice');
    const kit = new RequestKit(bench);
    const sent = createRequest();
    await kit.put(sent);
    kit.announce(sent, { token: kit.administrator() });
    expect((await kit.response(sent)).status).toBe(200);
    await bench.stop();
    await bench.boot(await again('event-twice'));
    await eventually(async () => ((await kit.runs()) === 2 ? true : undefined));
  });

  test('requests-never-expire', async () => {
    await using bench = await defective('requests-never-expire', (deps) => ({
      sleep: (ms, signal) => deps.sleep(Math.min(ms, 50), signal),
    }));
    const kit = new RequestKit(bench);
    const sent = createRequest();
    await kit.put(sent);
    bench.clock.shiftMs += 301_000;
    await aSweep();
    expect((await kit.response(sent, 0)).status).toBe(202);
  });
});

/** Long enough for a sweep of a master that looks every 50 ms. */
function aSweep(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
}
