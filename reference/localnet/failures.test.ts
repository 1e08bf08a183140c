import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { bcs } from '@mysten/sui/bcs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildZoo, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

describe('transactions that fail on the chain', () => {
  let harness: Harness;
  let alice: Ed25519Keypair;
  let zoo: string;
  let counter: string;

  beforeAll(async () => {
    harness = await startHarness();
    alice = harness.wallet(1000n * SUI);
    const published = await harness.publish(await buildZoo(), alice);
    zoo = `${published.packageId}::zoo`;
    counter = published.created['Counter'] as string;
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function failure(build: (tx: Transaction) => void, budget?: bigint) {
    const tx = new Transaction();
    build(tx);
    const done = await harness.runUnchecked(tx, alice, budget);
    if (done.status.success) throw new Error('the transaction succeeded');
    return done.status.error;
  }

  it('reports an abort with its place and code, charges gas and undoes the rest', async () => {
    const { balance: before } = await harness.client.getBalance({ owner: alice.toSuiAddress() });
    const shared = (await harness.client.getObject({ objectId: counter, include: { json: true } })).object;
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::increment`, arguments: [tx.object(counter), tx.object.clock()] });
    tx.moveCall({ target: `${zoo}::fail`, arguments: [tx.pure.u64(42)] });
    const done = await harness.runUnchecked(tx, alice);
    expect(done.status.error).toMatchObject({
      $kind: 'MoveAbort',
      command: 1,
      MoveAbort: {
        abortCode: '42',
        location: { package: zoo.split('::')[0], module: 'zoo', functionName: 'fail' },
      },
    });
    expect(done.events).toEqual([]);
    const after = (await harness.client.getObject({ objectId: counter, include: { json: true } })).object;
    expect(after.json).toEqual(shared.json);
    expect(BigInt(after.version)).toBeGreaterThan(BigInt(shared.version));
    const { balance } = await harness.client.getBalance({ owner: alice.toSuiAddress() });
    const { computationCost, storageCost, storageRebate } = done.effects.gasUsed;
    const net = BigInt(computationCost) + BigInt(storageCost) - BigInt(storageRebate);
    expect(BigInt(before.balance) - BigInt(balance.balance)).toBe(net);
    expect(net).toBeGreaterThan(0n);
    const decoded = bcs.TransactionEffects.parse(done.effects.bcs as Uint8Array).V2;
    expect(decoded?.status.Failure).toMatchObject({
      command: '1',
      error: { MoveAbort: [{ module: { name: 'zoo' }, functionName: 'fail' }, '42'] },
    });
  });

  it('stops an endless loop at the budget and takes all of it', async () => {
    const { balance: before } = await harness.client.getBalance({ owner: alice.toSuiAddress() });
    const error = await failure((tx) => tx.moveCall({ target: `${zoo}::forever` }), 3_000_000n);
    expect(error.message).toMatch(/gas/i);
    const { balance } = await harness.client.getBalance({ owner: alice.toSuiAddress() });
    expect(BigInt(before.balance) - BigInt(balance.balance)).toBeGreaterThanOrEqual(2_000_000n);
    expect(BigInt(before.balance) - BigInt(balance.balance)).toBeLessThanOrEqual(3_000_000n);
  });

  it('reports arithmetic errors', async () => {
    const error = await failure((tx) =>
      tx.moveCall({ target: `${zoo}::overflow`, arguments: [tx.pure.u8(1)] }),
    );
    expect(error).toMatchObject({
      $kind: 'MoveAbort',
      MoveAbort: { location: { functionName: 'overflow' } },
    });
  });

  it.each([
    ['hidden', 'private'],
    ['internal', 'package-visible'],
  ])('refuses to call %s, a %s function', async (name) => {
    const error = await failure((tx) =>
      tx.moveCall({ target: `${zoo}::${name}`, arguments: [tx.object(counter)] }),
    );
    expect(error.message).toContain('entry function');
  });

  it('calls a private entry function', async () => {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::secret`, arguments: [tx.object(counter)] });
    expect((await harness.run(tx, alice)).status.success).toBe(true);
  });

  it('refuses to hand a hot potato to a private entry function', async () => {
    const error = await failure((tx) => {
      const potato = tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] });
      tx.moveCall({ target: `${zoo}::swallow`, arguments: [potato] });
    });
    expect(error).toMatchObject({
      CommandArgumentError: { argument: 0, name: 'InvalidArgumentToPrivateEntryFunction' },
    });
  });

  it('refuses results left over that cannot be dropped', async () => {
    const error = await failure((tx) => tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] }));
    expect(error).toMatchObject({ $kind: 'IndexError', IndexError: { index: 0, subresult: 0 } });
    const coins = await failure((tx) => tx.splitCoins(tx.gas, [1n]));
    expect(coins.message).toContain('drop');
  });

  it('consumes a hot potato', async () => {
    const tx = new Transaction();
    const potato = tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] });
    tx.moveCall({ target: `${zoo}::eat`, arguments: [potato] });
    expect((await harness.run(tx, alice)).status.success).toBe(true);
  });

  it('does not use a value twice', async () => {
    const error = await failure((tx) => {
      const potato = tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] });
      tx.moveCall({ target: `${zoo}::eat`, arguments: [potato] });
      tx.moveCall({ target: `${zoo}::eat`, arguments: [potato] });
    });
    expect(error).toMatchObject({ command: 2, CommandArgumentError: { name: 'ArgumentWithoutValue' } });
  });

  it('does not lend one object to two writers', async () => {
    const error = await failure((tx) => {
      const toy = tx.moveCall({ target: `${zoo}::toy`, arguments: [tx.pure.u64(1)] });
      tx.moveCall({ target: `${zoo}::swap`, arguments: [toy, toy] });
      tx.transferObjects([toy], alice.toSuiAddress());
    });
    expect(error).toMatchObject({ command: 1, CommandArgumentError: { argument: 1 } });
  });

  it.each([
    ['too few arguments', (tx: Transaction) => tx.moveCall({ target: `${zoo}::fail` }), /arity/i],
    [
      'a missing function',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::nothing` }),
      /function not found/i,
    ],
    [
      'a missing type argument',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::typed`, arguments: [tx.object(counter)] }),
      /type arity/i,
    ],
    [
      'a type without the ability wanted',
      (tx: Transaction) =>
        tx.moveCall({ target: `${zoo}::typed`, arguments: [tx.object(counter)], typeArguments: ['u64'] }),
      /ConstraintNotSatisfied/,
    ],
    [
      'bytes that do not fit',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::fail`, arguments: [tx.pure.u8(1)] }),
      /InvalidBCSBytes/,
    ],
    [
      'bytes for a struct',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::eat`, arguments: [tx.pure.u64(1)] }),
      /InvalidUsageOfPureArg/,
    ],
    [
      'text that is no UTF-8',
      (tx: Transaction) =>
        tx.moveCall({
          target: `${zoo}::read`,
          arguments: [tx.object(counter), tx.pure(Uint8Array.of(1, 0xff))],
        }),
      /InvalidBCSBytes/,
    ],
    [
      'an object of another type',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::value`, arguments: [tx.gas] }),
      /TypeMismatch/,
    ],
    [
      'the gas coin by value',
      (tx: Transaction) => tx.moveCall({ target: `${zoo}::open_purse`, arguments: [tx.gas] }),
      /InvalidGasCoinUsage/,
    ],
    [
      'an object that only its module may transfer',
      (tx: Transaction) => {
        const potato = tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] });
        tx.transferObjects([potato], alice.toSuiAddress());
      },
      /InvalidTransferObject/,
    ],
    [
      'a vector of values without a type',
      (tx: Transaction) => {
        const pair = tx.moveCall({
          target: `${zoo}::pair`,
          arguments: [tx.pure.u64(1), tx.pure.vector('u8', [])],
        });
        tx.makeMoveVec({ elements: [pair] });
      },
      /InvalidMakeMoveVecNonObjectArgument/,
    ],
    [
      'more than the coin holds',
      (tx: Transaction) => {
        const [coin] = tx.splitCoins(tx.gas, [10_000n * SUI]);
        tx.transferObjects([coin], alice.toSuiAddress());
      },
      /insufficient coin balance/i,
    ],
  ])('refuses %s', async (_what, build, message) => {
    expect((await failure(build)).message).toMatch(message);
  });

  it('tells the builder why, before anything is sent', async () => {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::fail`, arguments: [tx.pure.u64(7)] });
    await expect(harness.run(tx, alice)).rejects.toMatchObject({
      executionError: { $kind: 'MoveAbort', MoveAbort: { abortCode: '7' } },
    });
  });
});
