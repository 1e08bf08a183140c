import { Transaction } from '@mysten/sui/transactions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildZoo, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const ELSEWHERE = `0x${'ab'.repeat(32)}`;

describe('snapshots', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness(() => 1_700_000_000_000);
  });
  afterEach(async () => {
    expect(harness.faults).toEqual([]);
    await harness[Symbol.asyncDispose]();
  });

  /** Everything a client can ask for, as far as this file changes it. */
  async function seen(owner: string): Promise<unknown> {
    const { chain } = harness.localnet;
    return {
      coins: (await harness.client.listCoins({ owner })).objects,
      epoch: chain.ledger.epoch.number,
      latest: chain.ledger.latest?.digest,
      total: chain.ledger.totalTransactions,
      objects: chain.objects.size,
      now: chain.now(),
    };
  }

  it('set everything back: objects, packages, checkpoints, epoch and time', async () => {
    const alice = harness.wallet(100n * SUI);
    const owner = alice.toSuiAddress();
    const { localnet, client } = harness;
    localnet.snapshot();
    const before = await seen(owner);
    const { packageId, created } = await harness.publish(await buildZoo(), alice);
    localnet.advanceEpoch(3);
    localnet.advanceClock(5_000);
    expect(await seen(owner)).not.toEqual(before);

    localnet.restore();
    expect(await seen(owner)).toEqual(before);
    await expect(client.getObject({ objectId: created['Counter'] as string })).rejects.toThrow(/not found/i);
    await expect(
      client.movePackageService.getFunction({ packageId, moduleName: 'zoo', name: 'value' }).response,
    ).rejects.toThrow(/not found/i);

    // The same transaction can be executed again, and so can another.
    const again = await harness.publish(await buildZoo(), alice);
    expect(again.packageId).toBe(packageId);
    const tx = new Transaction();
    tx.moveCall({
      target: `${packageId}::zoo::increment`,
      arguments: [tx.object(again.created['Counter'] as string), tx.object.clock()],
    });
    expect((await harness.run(tx, alice)).status.success).toBe(true);
  });

  it('stay as they are, whatever is done after them', async () => {
    const alice = harness.wallet(SUI);
    harness.localnet.snapshot('poor');
    harness.localnet.fund(alice.toSuiAddress(), 7n);
    harness.localnet.snapshot('rich');
    for (const [name, coins] of [
      ['poor', 1],
      ['rich', 2],
      ['poor', 1],
      ['rich', 2],
    ] as const) {
      harness.localnet.restore(name);
      expect((await harness.client.listCoins({ owner: alice.toSuiAddress() })).objects).toHaveLength(coins);
      harness.localnet.fund(alice.toSuiAddress(), 1n);
      harness.localnet.advanceEpoch();
    }
  });

  it('keep the packages of a later one that is restored after an earlier one', async () => {
    const alice = harness.wallet(10n * SUI);
    harness.localnet.snapshot('before');
    const { packageId, created } = await harness.publish(await buildZoo(), alice);
    harness.localnet.snapshot('after');
    harness.localnet.restore('before');
    harness.localnet.restore('after');
    const tx = new Transaction();
    tx.moveCall({
      target: `${packageId}::zoo::increment`,
      arguments: [tx.object(created['Counter'] as string), tx.object.clock()],
    });
    expect((await harness.run(tx, alice)).events).toHaveLength(1);
  });

  it('end the streams of those who read on', async () => {
    harness.localnet.snapshot();
    const call = harness.client.subscriptionService.subscribeCheckpoints({});
    const reading = (async () => {
      for await (const _ of call.responses);
    })();
    harness.localnet.fund(ELSEWHERE, 1n);
    harness.localnet.restore();
    await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('are there over HTTP', async () => {
    const url = await harness.localnet.listen();
    const post = async (path: string, body: unknown) => {
      const answer = await fetch(`${url}/localnet/${path}`, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const taken = await post('snapshot', { name: 'start' });
    expect(taken).toEqual({ status: 200, body: { name: 'start', checkpoint: 0 } });
    harness.localnet.fund(ELSEWHERE, 1n);
    expect(await post('restore', { name: 'start' })).toEqual(taken);
    const status = (await (await fetch(`${url}/localnet/status`)).json()) as Record<string, unknown>;
    expect(status).toMatchObject({ checkpoint: 0, snapshots: ['start'] });
    expect(await post('restore', { name: 'other' })).toMatchObject({ status: 400 });
    expect(await post('snapshot', { name: '../x' })).toMatchObject({ status: 400 });
  });

  it('have to exist', () => {
    expect(() => harness.localnet.restore('never')).toThrow(RangeError);
  });
});
