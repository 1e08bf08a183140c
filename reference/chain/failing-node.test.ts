import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChainClient, Commands, EventStream, TransactionSubmitter } from './index.ts';
import type { ChainEvent } from './index.ts';
import { ChainWorld, SUI } from './testing/chain-world.ts';
import { FailingNode } from './testing/failing-node.ts';
import type { Fault, Rearrangement } from './testing/failing-node.ts';

const DEADLINE_MS = 400;
const NEVER_ARRIVED: readonly Fault[] = [429, 500, 502, 503, 504, 'reset'];
const UNREADABLE: readonly Fault[] = ['truncated', 'garbage', 'lost'];

const swapped: Rearrangement = () => {
  let held: Uint8Array | undefined;
  return (frame) => {
    const out = held === undefined ? [] : [frame, held];
    held = held === undefined ? frame : undefined;
    return out;
  };
};
const doubled: Rearrangement = () => (frame) => [frame, frame];
const thinned: Rearrangement = () => {
  let count = 0;
  return (frame) => (count++ % 3 === 0 ? [] : [frame]);
};

describe('a full node that fails (played by msw)', () => {
  let world: ChainWorld;
  let node: FailingNode;
  beforeAll(async () => {
    world = await ChainWorld.start();
    node = new FailingNode(await world.localnet.listen());
  });
  afterAll(async () => {
    node[Symbol.dispose]();
    await world[Symbol.asyncDispose]();
  });
  beforeEach(() => node.reset());
  afterEach(() => expect(node.pending).toBe(0));

  const reader = (): ChainClient => new ChainClient(node.client, world.ids);
  const commands = (signer: Ed25519Keypair, executeMs = 3000): Commands =>
    new Commands(
      new TransactionSubmitter({ client: node.client, signer, package: world.ids.package, executeMs }),
      world.ids,
    );
  const wallet = (): Ed25519Keypair => {
    const pair = new Ed25519Keypair();
    world.fund(pair);
    return pair;
  };
  const staked = async (): Promise<bigint> => {
    const { object } = await world.client.getObject({ objectId: world.ids.pool, include: { json: true } });
    return BigInt((object.json as { total_staked: string }).total_staked);
  };

  /** Stakes a few times and gives the amounts that the stream told of. */
  async function follow(count: number): Promise<ChainEvent[]> {
    const signal = AbortSignal.timeout(15_000);
    const stream = new EventStream({
      client: node.client,
      package: world.ids.package,
      idleMs: 100,
      maxBackoffMs: 20,
    });
    const from = (await world.reader.status()).checkpoint + 1n;
    const stake = (more: number) => world.commands(wallet()).stakeForUser({ amount: SUI + BigInt(more) });
    await stake(0);
    const events: ChainEvent[] = [];
    let next = from;
    for await (const batch of stream.follow({ from, signal })) {
      expect(batch.checkpoint).toBe(next++);
      events.push(...batch.events);
      if (events.length >= count) break;
      // The next one comes when this one was heard of, so that it has to come over the stream or a question.
      if (batch.events.length > 0) await stake(events.length);
    }
    return events;
  }

  describe('reads', () => {
    it.each([...NEVER_ARRIVED, ...UNREADABLE, 401, 403, 404])(
      'are unavailable, not wrong: %s',
      async (fault) => {
        node.fail('BatchGetObjects', fault);
        await expect(reader().endpoint(world.ids.endpoint)).rejects.toMatchObject({
          name: 'ChainError',
          kind: 'unavailable',
        });
        expect((await reader().endpoint(world.ids.endpoint)).id).toBe(world.ids.endpoint);
      },
    );

    it('end at their deadline when no answer comes', async () => {
      node.fail('BatchGetObjects', 'hang');
      const began = performance.now();
      await expect(reader().endpoint(world.ids.endpoint, { deadlineMs: DEADLINE_MS })).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(performance.now() - began).toBeGreaterThan(DEADLINE_MS - 50);
    });

    it('end when their caller gives up', async () => {
      node.fail('BatchGetObjects', 'hang');
      const stop = new AbortController();
      const reading = reader().endpoint(world.ids.endpoint, { signal: stop.signal });
      reading.catch(() => {});
      await vi.waitFor(() => expect(node.calls).toHaveLength(1));
      stop.abort(new Error('enough'));
      await expect(reading).rejects.toThrow('enough');
    });
  });

  describe('transactions', () => {
    it.each([...NEVER_ARRIVED, ...UNREADABLE])('take effect once when an answer fails: %s', async (fault) => {
      const before = await staked();
      node.fail('ExecuteTransaction', fault);
      const receipt = await commands(wallet()).stakeForUser({ amount: SUI });
      expect(receipt.events.map(({ name }) => name)).toEqual(['StakeEvent']);
      expect(await staked()).toBe(before + SUI);
    });

    it('are of unknown outcome when they took effect and no answer ever comes', async () => {
      const before = await staked();
      node.fail('ExecuteTransaction', 'lost', 'lost', 'lost', 'lost');
      await expect(commands(wallet()).stakeForUser({ amount: SUI })).rejects.toMatchObject({
        kind: 'outcome_unknown',
      });
      expect(await staked()).toBe(before + SUI);
    });

    it('are of unknown outcome when the node is silent', async () => {
      node.fail('ExecuteTransaction', 'hang');
      await expect(commands(wallet(), DEADLINE_MS).stakeForUser({ amount: SUI })).rejects.toMatchObject({
        kind: 'outcome_unknown',
      });
    });

    it('are known not to have happened when the node turned all attempts away', async () => {
      const before = await staked();
      node.fail('ExecuteTransaction', 503, 503, 503, 503);
      await expect(commands(wallet()).stakeForUser({ amount: SUI })).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(await staked()).toBe(before);
    });

    it.each([...NEVER_ARRIVED, ...UNREADABLE])('are not sent when the dry run fails: %s', async (fault) => {
      const before = await staked();
      node.fail('SimulateTransaction', fault);
      await expect(commands(wallet()).stakeForUser({ amount: SUI })).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(node.calls).not.toContain('ExecuteTransaction');
      expect(await staked()).toBe(before);
    });

    it('survive a stale read of what they use', async () => {
      const own = commands(world.gateway);
      const holder = await world.holder('admin');
      const execute = (requestId: string) =>
        own.executeKubectlCommand({
          gatewayCap: world.caps.gateway,
          token: holder.token,
          stakeRecord: holder.stakeRecord,
          requestId,
          method: 'GET',
          path: '/api/v1/pods',
          namespace: 'default',
          resourceType: 'pods',
          payloadDigest: new Uint8Array(32),
        });
      await execute('1'.repeat(32));
      // Another client of the same wallet moves the capability on, and the node does not know it yet.
      await world.commands(world.gateway).executeKubectlCommand({
        gatewayCap: world.caps.gateway,
        token: holder.token,
        stakeRecord: holder.stakeRecord,
        requestId: '2'.repeat(32),
        method: 'GET',
        path: '/api/v1/pods',
        namespace: 'default',
        resourceType: 'pods',
        payloadDigest: new Uint8Array(32),
      });
      node.fail('BatchGetObjects', 'stale');
      const receipt = await execute('3'.repeat(32));
      expect(receipt.events.map(({ data }) => data['request_id'])).toEqual(['3'.repeat(32)]);
    });
  });

  describe('event streams', () => {
    it.each([
      ['out of order', swapped],
      ['twice', doubled],
      ['in part', thinned],
    ])('tell all in order when checkpoints come %s', async (_what, rearrange) => {
      node.rearrange = rearrange;
      const events = await follow(7);
      expect(events.map(({ data }) => BigInt(data['amount'] as bigint) - SUI)).toEqual([
        0n,
        1n,
        2n,
        3n,
        4n,
        5n,
        6n,
      ]);
    });

    it('go on after streams that end in the middle of a frame', async () => {
      node.cutStreamsAfter.push(0, 1, 2, 0);
      const events = await follow(8);
      expect(events).toHaveLength(8);
      expect(node.calls.filter((call) => call === 'SubscribeCheckpoints').length).toBeGreaterThan(2);
    });

    it.each([...NEVER_ARRIVED, ...UNREADABLE])('go on when a node cannot be asked: %s', async (fault) => {
      node.rearrange = thinned;
      node.fail('GetServiceInfo', fault);
      node.fail('SubscribeCheckpoints', typeof fault === 'number' ? fault : 'reset');
      node.fail('GetCheckpoint', fault);
      expect(await follow(4)).toHaveLength(4);
    });
  });
});
