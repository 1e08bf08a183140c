import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChainAbortError, ChainError } from './errors.ts';
import { EventStream } from './event-stream.ts';
import { Commands, TransactionSubmitter } from './index.ts';
import type { EventBatch } from './types.ts';
import { ChainWorld, SUI } from './testing/chain-world.ts';
import type { Holder } from './testing/chain-world.ts';

let world: ChainWorld;
let admin: Holder;
beforeAll(async () => {
  world = await ChainWorld.start();
  admin = await world.holder('admin');
});
afterAll(() => world[Symbol.asyncDispose]());

const requestId = (): string => randomBytes(16).toString('hex');

function execution(holder: Holder, id = requestId()) {
  return {
    gatewayCap: world.caps.gateway,
    token: holder.token,
    stakeRecord: holder.stakeRecord,
    requestId: id,
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    namespace: 'default',
    resourceType: 'configmaps',
    payloadDigest: randomBytes(32),
  };
}

describe('reads', () => {
  test('a token comes with its stake, permissions and times', async () => {
    const { token, stake } = await world.reader.tokenWithStake(admin.token);
    expect(token).toMatchObject({
      owner: admin.address,
      stakeType: 'admin',
      permissions: ['*:*'],
      revoked: false,
    });
    expect(token.expiresAt).toBeGreaterThan(Date.now() / 1000);
    expect(stake).toMatchObject({ staker: admin.address, amount: 10n * SUI, status: 'active' });
  });

  test('tables lead from wallet to record to token', async () => {
    expect(await world.reader.stakeRecordOf(admin.address)).toBe(admin.stakeRecord);
    expect(await world.reader.sealTokenOf(admin.stakeRecord)).toBe(admin.token);
    expect(await world.reader.stakeRecordOf(`0x${'9'.repeat(64)}`)).toBeUndefined();
  });

  test('capabilities, endpoint and cluster', async () => {
    const cap = await world.reader.gatewayCap(world.caps.gateway);
    expect(cap.owner).toBe(world.gateway.toSuiAddress());
    expect(await world.reader.gatewayRetired(world.caps.gateway)).toBe(false);
    expect(await world.reader.endpoint(world.ids.endpoint)).toMatchObject({
      status: 'active',
      keyVersion: 0n,
    });
    expect(await world.reader.cluster(world.ids.cluster)).toMatchObject({ name: 'test', status: 'active' });
  });

  test('a missing object and one of another type are told apart', async () => {
    await expect(world.reader.sealToken(`0x${'7'.repeat(64)}`)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(world.reader.sealToken(admin.stakeRecord)).rejects.toMatchObject({ kind: 'wrong_type' });
  });
});

describe('calls', () => {
  test('many calls at once share transactions, and each gets its own event', async () => {
    const commands = world.commands(world.gateway);
    const calls = Array.from({ length: 40 }, () => execution(admin));
    const receipts = await Promise.all(calls.map((call) => commands.executeKubectlCommand(call)));
    for (const [index, receipt] of receipts.entries()) {
      expect(receipt.events).toHaveLength(1);
      expect(receipt.events[0]).toMatchObject({
        name: 'K8sAPIRequest',
        data: { request_id: calls[index]?.requestId, token: admin.token },
      });
    }
    expect(new Set(receipts.map(({ digest }) => digest)).size).toBeLessThan(10);
  });

  test('calls that follow each other closely share the next transaction', async () => {
    const wake = Promise.withResolvers<void>();
    const slept = Promise.withResolvers<number>();
    const submitter = new TransactionSubmitter({
      client: world.client,
      signer: world.gateway,
      package: world.ids.package,
      paceMs: 60_000,
      sleep: (ms) => {
        slept.resolve(ms);
        return wake.promise;
      },
    });
    const commands = new Commands(submitter, world.ids);
    const call = (): Promise<{ digest: string }> => commands.executeKubectlCommand(execution(admin));
    const first = await call();
    const second = call();
    expect(await slept.promise).toBeGreaterThan(50_000);
    const third = call();
    wake.resolve();
    const digests = (await Promise.all([second, third])).map(({ digest }) => digest);
    expect(new Set([first.digest, ...digests]).size).toBe(2);
    expect(digests[0]).toBe(digests[1]);
  });

  test('one refused call does not take others with it', async () => {
    const commands = world.commands(world.gateway);
    const user = await world.holder('user');
    await commands.executeKubectlCommand(execution(admin));
    const results = await Promise.allSettled([
      commands.executeKubectlCommand(execution(admin)),
      commands.executeKubectlCommand(execution(user)),
      commands.executeKubectlCommand(execution(admin)),
      commands.executeKubectlCommand({ ...execution(admin), token: `0x${'5'.repeat(64)}` }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    const [, forbidden, , missing] = results;
    const abort = forbidden?.status === 'rejected' ? forbidden.reason : undefined;
    expect(abort).toBeInstanceOf(ChainAbortError);
    expect(abort).toMatchObject({ abort: { module: 'k8s_gateway', code: 3, http: 403 } });
    expect(missing).toMatchObject({ reason: { kind: 'not_found' } });
  });

  test('many calls that the chain refuses do not cost the others a transaction each', async () => {
    const commands = world.commands(world.gateway);
    const user = await world.holder('user');
    const first = await commands.executeKubectlCommand(execution(admin));
    const refused = Array.from({ length: 24 }, () => commands.executeKubectlCommand(execution(user)));
    const served = Array.from({ length: 8 }, () => commands.executeKubectlCommand(execution(admin)));
    const refusals = await Promise.allSettled(refused);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        status: 'rejected',
        reason: { abort: { module: 'k8s_gateway', code: 3 } },
      });
    const onChain = refusals.filter((one) => one.status === 'rejected' && one.reason.digest !== undefined);
    expect(onChain.length).toBeLessThanOrEqual(2);
    const digests = (await Promise.all(served)).map(({ digest }) => digest);
    expect(digests).not.toContain(first.digest);
  });

  test('a warm call is one round trip with an estimated budget', async () => {
    const commands = world.commands(world.gateway);
    await commands.executeKubectlCommand(execution(admin));
    await commands.executeKubectlCommand(execution(admin));
    const before = performance.now();
    const { digest, gasUsed } = await commands.executeKubectlCommand(execution(admin));
    expect(performance.now() - before).toBeLessThan(500);
    const { Transaction: tx } = await world.client.getTransaction({ digest, include: { transaction: true } });
    const budget = BigInt(tx?.transaction.gasData.budget ?? 0);
    expect(budget).toBeGreaterThan(gasUsed);
    expect(budget).toBeLessThan(10n * (gasUsed > 0n ? gasUsed : 1n) + 20_000_000n);
  });

  test('stale versions are noticed and the call is sent again', async () => {
    const [left, right] = [world.commands(world.gateway), world.commands(world.gateway)];
    for (const commands of [left, right, left, right]) {
      await expect(commands.executeKubectlCommand(execution(admin))).resolves.toMatchObject({});
    }
  });

  test('an abort in the simulation is an abort', async () => {
    const commands = world.commands(world.gateway);
    await expect(commands.stakeForUser({ amount: 1n })).rejects.toMatchObject({
      abort: { module: 'staking', name: 'EInsufficientStake' },
    });
  });

  test('an unreachable node is unavailable, and works again later', async () => {
    const commands = world.commands(world.gateway);
    world.localnet.outage('unavailable', 60);
    await expect(commands.executeKubectlCommand(execution(admin))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await expect(world.reader.sealToken(admin.token)).rejects.toMatchObject({ kind: 'unavailable' });
    world.localnet.outage('unavailable', 0);
    await expect(commands.executeKubectlCommand(execution(admin))).resolves.toBeDefined();
  });

  test('a node that never answers is given up at the deadline', async () => {
    world.localnet.outage('hang', 60);
    const read = world.reader.sealToken(admin.token, { deadlineMs: 50 });
    await expect(read).rejects.toMatchObject({ kind: 'unavailable' });
    const call = world.commands(world.gateway).executeKubectlCommand(execution(admin), { deadlineMs: 50 });
    await expect(call).rejects.toBeInstanceOf(ChainError);
    world.localnet.outage('hang', 0);
  });
});

function stream(buffer: number): EventStream {
  return new EventStream({ client: world.client, package: world.ids.package, buffer, idleMs: 200 });
}

async function collect(source: EventStream, from: bigint, wanted: number): Promise<EventBatch[]> {
  const stop = new AbortController();
  const batches: EventBatch[] = [];
  let events = 0;
  for await (const batch of source.follow({ from, signal: stop.signal })) {
    batches.push(batch);
    events += batch.events.length;
    if (events >= wanted) stop.abort();
  }
  return batches;
}

describe('the event stream', () => {
  test('the past is caught up and the present followed, with no checkpoint left out', async () => {
    const commands = world.commands(world.gateway);
    const { checkpoint } = await world.reader.status();
    const ids = Array.from({ length: 12 }, requestId);
    for (const id of ids.slice(0, 6)) await commands.executeKubectlCommand(execution(admin, id));
    const collected = collect(stream(4), checkpoint + 1n, ids.length);
    for (const id of ids.slice(6)) await commands.executeKubectlCommand(execution(admin, id));
    const batches = await collected;
    expect(batches.map((batch) => batch.checkpoint)).toEqual(
      batches.map((_, index) => checkpoint + 1n + BigInt(index)),
    );
    const events = batches.flatMap((batch) => batch.events);
    expect(events.map((event) => event.data['request_id'])).toEqual(ids);
    expect(events[0]).toMatchObject({ module: 'k8s_gateway', name: 'K8sAPIRequest', eventSeq: 0 });
  });

  test('a slow consumer behind a tiny buffer loses nothing', async () => {
    const commands = world.commands(world.gateway);
    const { checkpoint } = await world.reader.status();
    const stop = new AbortController();
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const batch of stream(1).follow({ from: checkpoint + 1n, signal: stop.signal })) {
        seen.push(batch.checkpoint);
        // One more transaction for each of the first twenty: the stream is always behind.
        if (seen.length < 20) {
          await commands.executeKubectlCommand(execution(admin));
          await commands.executeKubectlCommand(execution(admin));
        }
        if (seen.length === 30) stop.abort();
      }
    })();
    await commands.executeKubectlCommand(execution(admin));
    await reading;
    expect(seen).toEqual(seen.map((_, index) => checkpoint + 1n + BigInt(index)));
  });

  test('an outage interrupts the stream but leaves no gap', async () => {
    const commands = world.commands(world.gateway);
    const { checkpoint } = await world.reader.status();
    const id = requestId();
    world.localnet.outage('unavailable', 60);
    const collected = collect(stream(8), checkpoint + 1n, 1);
    await new Promise((resolve) => setImmediate(resolve));
    world.localnet.outage('unavailable', 0);
    await commands.executeKubectlCommand(execution(admin, id));
    const events = (await collected).flatMap((batch) => batch.events);
    expect(events[0]?.data['request_id']).toBe(id);
  });
});
