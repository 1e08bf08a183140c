import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enclaveKey } from '../protocol/enclave-key.ts';
import type { Holder } from '../chain/testing/chain-world.ts';
import { causeOf, configMap, GatewayWorld } from './testing/gateway-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let world: GatewayWorld;
let admin: Holder;
beforeAll(async () => {
  world = await GatewayWorld.start();
  admin = await world.chain.holder('admin');
});
afterAll(() => world[Symbol.asyncDispose]());

/** An open watch: its events so far, and its end. */
async function watch(holder: Holder, path: string) {
  const leaving = new AbortController();
  const answer = await world.open(holder, path, { signal: leaving.signal });
  const lines: { type: string; object: Record<string, unknown> }[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const chunk of answer.body) {
      const parts = (rest + Buffer.from(chunk as Uint8Array).toString('utf8')).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) lines.push(JSON.parse(line) as (typeof lines)[number]);
    }
  };
  const ended = read();
  const leave = (): Promise<void> => {
    leaving.abort();
    return ended.catch(() => {});
  };
  return { status: answer.statusCode, lines, ended, leave };
}

describe('watches', () => {
  test('headers come at once, events as they happen', async () => {
    const started = performance.now();
    const { status, lines, leave } = await watch(admin, `${MAPS}?watch=true&resourceVersion=0`);
    expect(status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1_500);
    await world.call(admin, MAPS, { body: configMap('seen') });
    const names = (): unknown[] => lines.map(({ object }) => (object['metadata'] as { name: string }).name);
    await expect.poll(names).toContain('seen');
    await leave();
  });

  test('a client that leaves frees its watch at the master', async () => {
    const leaving = new AbortController();
    const answer = await world.open(admin, `${MAPS}?watch=true`, { signal: leaving.signal });
    expect(answer.statusCode).toBe(200);
    leaving.abort();
    await expect(answer.body.text()).rejects.toThrow();
  });

  test.each([
    ['revoked', 'TokenRevoked', (holder: Holder) => holder.commands.revokeSealToken({ token: holder.token })],
    ['slashed', 'StakeInactive', (holder: Holder) => world.chain.slash(holder.stakeRecord)],
  ])('a watch ends soon after its token is %s, and the token with it', async (_, reason, end) => {
    const holder = await world.chain.holder('admin');
    const credential = await world.credential(holder);
    const open = await watch(holder, `${MAPS}?watch=true`);
    expect((await world.call(holder, MAPS, { credential })).status).toBe(200);
    const started = performance.now();
    await end(holder);
    await open.ended;
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(open.lines.at(-1)).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 401 } });
    const refused = await world.call(holder, MAPS, { credential });
    expect([refused.status, causeOf(refused)]).toEqual([401, reason]);
  });

  test('a shortened token ends its watch at the new time', async () => {
    const holder = await world.chain.holder('admin');
    const open = await watch(holder, `${MAPS}?watch=true`);
    const expiresAt = Math.floor(Date.now() / 1000) + 2;
    await holder.commands.shortenSealToken({ token: holder.token, expiresAt });
    await open.ended;
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(expiresAt - 0.1);
  });
});

describe('aborts of the contract', () => {
  test('reach the client with the reason and status of the table', async () => {
    await world.chain.setEndpointStatus(2);
    await expect
      .poll(async () => {
        const answer = await world.call(admin, MAPS, { body: configMap('never') });
        return [answer.status, causeOf(answer)];
      })
      .toEqual([503, 'EndpointUnavailable']);
    await world.chain.setEndpointStatus(1);
    await expect.poll(async () => (await world.call(admin, MAPS)).status).toBe(200);
  });
});

describe('a chain that is away', () => {
  test('known tokens go on reading, unknown ones and writes get 503; all is well afterwards', async () => {
    const stranger = await world.chain.holder('admin');
    const credential = await world.credential(admin);
    expect((await world.call(admin, MAPS, { credential })).status).toBe(200);
    world.chain.localnet.outage('unavailable', 60);
    expect((await world.call(admin, MAPS, { credential })).status).toBe(200);
    const unknown = await world.call(stranger, MAPS);
    expect([unknown.status, causeOf(unknown)]).toEqual([503, 'ChainUnavailable']);
    const write = await world.call(admin, MAPS, { body: configMap('offline'), credential });
    expect([write.status, causeOf(write)]).toEqual([503, 'ChainUnavailable']);
    expect(Number(write.headers['retry-after'])).toBeGreaterThan(0);
    world.chain.localnet.outage('unavailable', 0);
    expect((await world.call(stranger, MAPS)).status).toBe(200);
    await expect
      .poll(async () => (await world.call(admin, MAPS, { body: configMap(`back-${Date.now()}`) })).status, {
        timeout: 10_000,
      })
      .toBe(201);
  });

  test('one that never answers is treated the same, within the deadline', async () => {
    const stranger = await world.chain.holder('admin');
    world.chain.localnet.outage('hang', 60);
    const started = performance.now();
    const unknown = await world.call(stranger, MAPS);
    expect([unknown.status, causeOf(unknown)]).toEqual([503, 'ChainUnavailable']);
    expect(performance.now() - started).toBeLessThan(2_000);
    world.chain.localnet.outage('hang', 0);
    await expect.poll(async () => (await world.call(stranger, MAPS)).status).toBe(200);
  });
});

describe('the enclave key', () => {
  test('another key on chain than the attested one stops everything', async () => {
    const commands = world.chain.commands(world.chain.master);
    const { publicKey } = enclaveKey(new Uint8Array(32).fill(9));
    await commands.registerEnclaveKey({ masterCap: world.chain.caps.master, publicKey });
    await expect.poll(async () => (await world.call(admin, MAPS)).status, { timeout: 10_000 }).toBe(504);
    const write = await world.call(admin, MAPS, { body: configMap('untrusted') });
    expect([write.status, causeOf(write)]).toEqual([504, 'Timeout']);
  });
});
