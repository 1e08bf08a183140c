import { bcs } from '@mysten/sui/bcs';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../contracts/build.ts';
import { startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const ELSEWHERE = `0x${'ab'.repeat(32)}`;
const LOOPS = `module loops::loops;
public fun forever() { loop {} }
public fun deep(n: u64): u64 { deep(n + 1) + 1 }
public fun grow() { let mut all = vector[1u8]; loop { let more = all; all.append(more) } }
public fun spawn(ctx: &mut TxContext) { loop { object::new(ctx).delete() } }`;

// What a client may send over the wire, and what a node says to it. After each of them the network serves on.
describe('hostile transactions over HTTP', () => {
  let harness: Harness;
  let client: SuiGrpcClient;
  let alice: Ed25519Keypair;
  beforeAll(async () => {
    harness = await startHarness();
    client = new SuiGrpcClient({ network: 'localnet', baseUrl: await harness.localnet.listen() });
    alice = harness.wallet(1000n * SUI);
  });
  afterEach(async () => {
    expect(harness.faults).toEqual([]);
    const other = harness.wallet(SUI);
    const { bytes, signature } = await transfer(other);
    const done = await client.executeTransaction({ transaction: bytes, signatures: [signature] });
    expect(done.$kind).toBe('Transaction');
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  const height = (): bigint => harness.localnet.chain.ledger.nextSequenceNumber;

  async function transfer(
    from: Ed25519Keypair,
    mist = 1000n,
  ): Promise<{ bytes: Uint8Array; signature: string }> {
    const tx = new Transaction();
    tx.setSender(from.toSuiAddress());
    const [coin] = tx.splitCoins(tx.gas, [mist]);
    tx.transferObjects([coin], ELSEWHERE);
    const bytes = await tx.build({ client });
    return { bytes, signature: (await from.signTransaction(bytes)).signature };
  }

  /** Publishes modules with a budget in MIST, without the dry run that a client begins with. */
  async function publish(modules: readonly Uint8Array[], budget: bigint) {
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    tx.setGasBudget(budget);
    tx.setGasPrice(1000n);
    tx.setGasPayment((await client.listCoins({ owner: alice.toSuiAddress() })).objects.slice(0, 1));
    const cap = tx.publish({
      modules: modules.map((bytes) => Buffer.from(bytes).toString('base64')),
      dependencies: [`0x${'1'.padStart(64, '0')}`, `0x${'2'.padStart(64, '0')}`],
    });
    tx.transferObjects([cap], alice.toSuiAddress());
    const transaction = await tx.build();
    const { signature } = await alice.signTransaction(transaction);
    return client.executeTransaction({ transaction, signatures: [signature], include: { effects: true } });
  }

  it.each([
    ['a loop without end', 'forever', [], /InsufficientGas|Insufficient Gas/i],
    ['a recursion without end', 'deep', [1n], /gas|loops::deep/i],
    ['a vector that doubles without end', 'grow', [], /gas|limit|primitive runtime/i],
    ['objects without end', 'spawn', [], /gas|limit/i],
  ])('%s ends at the budget, which is charged', async (_what, name, args, message) => {
    const built = await buildPackage({ 'loops.move': LOOPS }, 'loops');
    const { packageId } = await harness.publish(built, alice);
    const { balance: before } = await client.getBalance({ owner: alice.toSuiAddress() });
    const tx = new Transaction();
    tx.moveCall({ target: `${packageId}::loops::${name}`, arguments: args.map((n) => tx.pure.u64(n)) });
    const done = await harness.runUnchecked(tx, alice, 5_000_000_000n);
    expect(done.status.success).toBe(false);
    expect(done.status.error?.message).toMatch(message);
    const { balance: after } = await client.getBalance({ owner: alice.toSuiAddress() });
    expect(BigInt(after.balance)).toBeLessThan(BigInt(before.balance));
  });

  it('a transaction as great as a 10 MB module makes it is over the size of a request', async () => {
    const before = height();
    // Its bytes do not matter, and putting a real one together takes a client seconds.
    const { signature } = await transfer(alice);
    const transaction = new Uint8Array(10_000_000);
    await expect(client.executeTransaction({ transaction, signatures: [signature] })).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
      message: expect.stringMatching(
        /message length too large: found \d+ bytes, the limit is: 4194304 bytes/,
      ),
    });
    expect(height()).toBe(before);
  });

  it('a module over the size of a transaction is refused by that size', async () => {
    const before = height();
    await expect(publish([new Uint8Array(200_000)], SUI)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('serialized transaction size exceeded maximum of 131072'),
    });
    expect(height()).toBe(before);
  });

  it('bytes that are no module fail when they are executed', async () => {
    const done = await publish([new Uint8Array(1000).fill(7)], SUI);
    expect(done.FailedTransaction?.status.error?.message).toMatch(/Verification|Deserialization/i);
  });

  it.each([
    ['nothing', () => new Uint8Array()],
    ['noise', () => new Uint8Array(300).fill(0xee)],
    ['half of it', (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)],
    ['an unknown version', (bytes: Uint8Array) => Uint8Array.of(9, ...bytes.subarray(1))],
    ['an unknown kind', (bytes: Uint8Array) => Uint8Array.of(0, 77, ...bytes.subarray(2))],
  ])('a malformed transaction, %s, is refused as such', async (_what, damage) => {
    const { bytes, signature } = await transfer(alice);
    const before = height();
    await expect(
      client.executeTransaction({ transaction: damage(bytes), signatures: [signature] }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/INVALID_ARGUMENT|UNIMPLEMENTED/) });
    expect(height()).toBe(before);
  });

  it('a signature over another transaction is refused', async () => {
    const [one, other] = [await transfer(alice, 1n), await transfer(alice, 2n)];
    const before = height();
    await expect(
      client.executeTransaction({ transaction: one.bytes, signatures: [other.signature] }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('Invalid user signature'),
    });
    expect(height()).toBe(before);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['of an unknown scheme', (bytes: Buffer) => Buffer.concat([Buffer.of(99), bytes.subarray(1)])],
    [
      'by a key that is none',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 65), Buffer.alloc(32, 0xff)]),
    ],
  ])('a signature %s is refused', async (_what, damage) => {
    const { bytes, signature } = await transfer(alice);
    const bad = damage(Buffer.from(signature, 'base64')).toString('base64');
    await expect(client.executeTransaction({ transaction: bytes, signatures: [bad] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/signature/i),
    });
  });

  it('a coin spent twice is refused the second time, with both versions', async () => {
    const bob = harness.wallet(SUI);
    const [first, second] = [await transfer(bob, 1n), await transfer(bob, 2n)];
    await client.executeTransaction({ transaction: first.bytes, signatures: [first.signature] });
    const spent = bcs.TransactionData.parse(second.bytes).V1?.gasData.payment[0];
    const version = BigInt(spent?.version ?? 0);
    const before = height();
    await expect(
      client.executeTransaction({ transaction: second.bytes, signatures: [second.signature] }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `Transaction needs to be rebuilt because object ${spent?.objectId} version 0x${version.toString(16)} is unavailable for consumption, current version: 0x${(version + 1n).toString(16)}`,
    });
    expect(height()).toBe(before);
  });
});
