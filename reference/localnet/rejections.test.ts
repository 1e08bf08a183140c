import type { Keypair } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { MultiSigPublicKey } from '@mysten/sui/multisig';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const ELSEWHERE = `0x${'ab'.repeat(32)}`;

async function sign(transaction: Uint8Array, ...signers: readonly Keypair[]): Promise<string[]> {
  const signed = await Promise.all(signers.map((signer) => signer.signTransaction(transaction)));
  return signed.map(({ signature }) => signature);
}

describe('transactions that the network does not take', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  const height = (): bigint => harness.localnet.chain.ledger.nextSequenceNumber;

  async function build(sender: string, edit: (tx: Transaction) => void = () => {}): Promise<Uint8Array> {
    const tx = new Transaction();
    tx.setSender(sender);
    const [coin] = tx.splitCoins(tx.gas, [1000n]);
    tx.transferObjects([coin], ELSEWHERE);
    edit(tx);
    return tx.build({ client: harness.client });
  }

  it.each([
    ['Ed25519', Ed25519Keypair],
    ['secp256k1', Secp256k1Keypair],
    ['secp256r1', Secp256r1Keypair],
  ])('takes %s signatures and refuses altered ones', async (_name, Scheme) => {
    const pair = new Scheme();
    harness.localnet.fund(pair.toSuiAddress(), SUI);
    const transaction = await build(pair.toSuiAddress());
    const [good] = (await sign(transaction, pair)) as [string];
    const bad = Buffer.from(good, 'base64');
    bad[20] = (bad[20] as number) ^ 1;
    const before = height();
    await expect(
      harness.client.executeTransaction({ transaction, signatures: [bad.toString('base64')] }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('signature') });
    expect(height()).toBe(before);
    const done = await harness.client.executeTransaction({ transaction, signatures: [good] });
    expect(done.$kind).toBe('Transaction');
  });

  it('takes a multisig', async () => {
    const pairs = [new Ed25519Keypair(), new Secp256k1Keypair()];
    const key = MultiSigPublicKey.fromPublicKeys({
      threshold: 2,
      publicKeys: pairs.map((pair) => ({ publicKey: pair.getPublicKey(), weight: 1 })),
    });
    harness.localnet.fund(key.toSuiAddress(), SUI);
    const transaction = await build(key.toSuiAddress());
    const signatures = await sign(transaction, ...pairs);
    const partial = key.combinePartialSignatures(signatures.slice(0, 1));
    await expect(
      harness.client.executeTransaction({ transaction, signatures: [partial] }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const whole = key.combinePartialSignatures(signatures);
    expect((await harness.client.executeTransaction({ transaction, signatures: [whole] })).$kind).toBe(
      'Transaction',
    );
  });

  it('refuses a signature by someone else, none, and one too many', async () => {
    const alice = harness.wallet(SUI);
    const mallory = new Ed25519Keypair();
    const transaction = await build(alice.toSuiAddress());
    const before = height();
    for (const signatures of [
      await sign(transaction, mallory),
      [],
      await sign(transaction, alice, mallory),
    ]) {
      await expect(harness.client.executeTransaction({ transaction, signatures })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/signature/i),
      });
    }
    expect(height()).toBe(before);
  });

  it('gives the same outcome for the same transaction and executes it once', async () => {
    const alice = harness.wallet(SUI);
    const transaction = await build(alice.toSuiAddress());
    const signatures = await sign(transaction, alice);
    const include = { effects: true } as const;
    const copies = await Promise.all(
      Array.from({ length: 20 }, () =>
        harness.client.executeTransaction({ transaction, signatures, include }),
      ),
    );
    const [first] = copies;
    expect(copies.every((copy) => copy.Transaction?.digest === first?.Transaction?.digest)).toBe(true);
    expect(copies.at(-1)?.Transaction?.effects).toEqual(first?.Transaction?.effects);
    expect(copies.at(-1)?.Transaction?.checkpoint).toBe(first?.Transaction?.checkpoint);
  });

  it('lets one of many transactions spend a coin', async () => {
    const alice = harness.wallet(SUI);
    const rivals = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        build(alice.toSuiAddress(), (tx) => tx.setGasBudget(5_000_000n + BigInt(index))),
      ),
    );
    const before = height();
    const outcomes = await Promise.allSettled(
      rivals.map(async (transaction) =>
        harness.client.executeTransaction({ transaction, signatures: await sign(transaction, alice) }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(height()).toBe(before + 1n);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('unavailable for consumption, current version'),
    });
  });

  it('refuses objects of others, unknown ones and wrong digests', async () => {
    const alice = harness.wallet(SUI);
    const bob = harness.wallet(SUI);
    const [theirs] = (await harness.client.listCoins({ owner: bob.toSuiAddress() })).objects;
    if (theirs === undefined) throw new Error('no coin');
    const send = (ref: { objectId: string; version: string; digest: string }): Promise<unknown> =>
      build(alice.toSuiAddress(), (tx) => tx.transferObjects([tx.objectRef(ref)], ELSEWHERE));
    await expect(send(theirs)).rejects.toThrow(/owned by account address/);
    await expect(send({ ...theirs, version: '999' })).rejects.toThrow(/unavailable for consumption/);
    await expect(send({ ...theirs, digest: '1'.repeat(32) })).rejects.toThrow(/digest/);
    await expect(send({ ...theirs, objectId: ELSEWHERE })).rejects.toThrow(/Could not find/);
    await expect(
      build(alice.toSuiAddress(), (tx) => tx.transferObjects([tx.object(ELSEWHERE)], ELSEWHERE)),
    ).rejects.toThrow(/not found/i);
    const calling = build(alice.toSuiAddress(), (tx) => tx.moveCall({ target: `${ELSEWHERE}::a::b` }));
    await expect(calling).rejects.toThrow(/not found on-chain/);
  });

  it.each([
    ['a budget over the coin', (tx: Transaction) => tx.setGasBudget(2n * SUI), /insufficient SUI balance/],
    ['a budget too small', (tx: Transaction) => tx.setGasBudget(10n), /lower than min/],
    ['a budget too great', (tx: Transaction) => tx.setGasBudget(60n * SUI), /higher than max|insufficient/],
    ['a price too low', (tx: Transaction) => tx.setGasPrice(1n), /under reference gas price/],
    ['an epoch gone by', (tx: Transaction) => tx.setExpiration({ Epoch: 0 }), /Expired/],
  ])('refuses %s', async (_what, edit, message) => {
    harness.localnet.advanceEpoch();
    const alice = harness.wallet(SUI);
    await expect(build(alice.toSuiAddress(), edit)).rejects.toThrow(message);
  });

  it('refuses an empty wallet', async () => {
    await expect(build(new Ed25519Keypair().toSuiAddress())).rejects.toThrow(/insufficient SUI balance/);
  });

  it('refuses bytes that are no transaction', async () => {
    const sending = harness.client.executeTransaction({
      transaction: Uint8Array.of(1, 2, 3),
      signatures: [],
    });
    await expect(sending).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('lets a sponsor pay, with both signatures only', async () => {
    const alice = new Ed25519Keypair();
    const sponsor = harness.wallet(SUI);
    const coin = harness.localnet.fund(alice.toSuiAddress(), 5n);
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    tx.setGasOwner(sponsor.toSuiAddress());
    tx.transferObjects([coin.id], ELSEWHERE);
    const transaction = await tx.build({ client: harness.client });
    await expect(
      harness.client.executeTransaction({ transaction, signatures: await sign(transaction, alice) }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const done = await harness.client.executeTransaction({
      transaction,
      signatures: await sign(transaction, sponsor, alice),
      include: { balanceChanges: true },
    });
    const changes = done.Transaction?.balanceChanges;
    expect(changes?.find(({ address }) => address === alice.toSuiAddress())?.amount).toBe('-5');
    expect(
      BigInt(changes?.find(({ address }) => address === sponsor.toSuiAddress())?.amount ?? 0),
    ).toBeLessThan(0n);
  });

  it('merges all the coins that pay into the first', async () => {
    const alice = harness.wallet(SUI, SUI, SUI);
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    tx.setGasPayment((await harness.client.listCoins({ owner: alice.toSuiAddress() })).objects);
    tx.setGasBudget(5_000_000n);
    const [coin] = tx.splitCoins(tx.gas, [2n * SUI]);
    tx.transferObjects([coin], ELSEWHERE);
    const done = await harness.run(tx, alice);
    expect(done.status.success).toBe(true);
    expect(done.effects.changedObjects.filter(({ idOperation }) => idOperation === 'Deleted')).toHaveLength(
      2,
    );
    expect((await harness.client.listCoins({ owner: alice.toSuiAddress() })).objects).toHaveLength(1);
  });

  it('gathers enough coins by itself when the program spends from the gas coin', async () => {
    const alice = harness.wallet(SUI, SUI, SUI);
    const tx = new Transaction();
    const [coin] = tx.splitCoins(tx.gas, [2n * SUI]);
    tx.transferObjects([coin], ELSEWHERE);
    expect((await harness.run(tx, alice)).status.success).toBe(true);
  });

  it('sends the whole purse', async () => {
    const alice = harness.wallet(SUI);
    const bob = new Ed25519Keypair().toSuiAddress();
    const tx = new Transaction();
    tx.transferObjects([tx.gas], bob);
    const done = await harness.run(tx, alice);
    const { balance } = await harness.client.getBalance({ owner: bob });
    const { computationCost, storageCost, storageRebate } = done.effects.gasUsed;
    expect(BigInt(balance.balance)).toBe(
      SUI - BigInt(computationCost) - BigInt(storageCost) + BigInt(storageRebate),
    );
  });
});
