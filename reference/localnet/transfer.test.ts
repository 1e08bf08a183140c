import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalnet } from './localnet.ts';
import type { Localnet } from './localnet.ts';

const SUI = 1_000_000_000n;

describe.each(['in process', 'loopback text', 'loopback binary'])('a stock client %s', (mode) => {
  let localnet: Localnet;
  let client: SuiGrpcClient;

  beforeAll(async () => {
    localnet = await startLocalnet({ onError: (where, error) => console.error(where, error) });
    client =
      mode === 'in process'
        ? new SuiGrpcClient({ network: 'localnet', transport: localnet.transport })
        : new SuiGrpcClient({
            network: 'localnet',
            baseUrl: await localnet.listen(),
            format: mode === 'loopback text' ? 'text' : 'binary',
          });
  });
  afterAll(() => localnet[Symbol.asyncDispose]());

  it('transfers coins and sees them', async () => {
    const alice = new Ed25519Keypair();
    const bob = new Ed25519Keypair().toSuiAddress();
    localnet.fund(alice.toSuiAddress(), 10n * SUI);
    const transaction = new Transaction();
    const [coin] = transaction.splitCoins(transaction.gas, [SUI]);
    transaction.transferObjects([coin], bob);
    const done = await client.signAndExecuteTransaction({
      transaction,
      signer: alice,
      include: { effects: true, balanceChanges: true, objectTypes: true, transaction: true, events: true },
    });
    expect(done.$kind).toBe('Transaction');
    const seen = await client.waitForTransaction({ result: done, include: { effects: true } });
    expect(seen.Transaction?.effects).toEqual(done.Transaction?.effects);
    const { balance } = await client.getBalance({ owner: bob });
    expect(balance.balance).toBe(String(SUI));
    const { objects } = await client.listCoins({ owner: bob });
    expect(objects.map((object) => object.balance)).toEqual([String(SUI)]);
    const { object } = await client.getObject({
      objectId: objects[0]?.objectId as string,
      include: { json: true, content: true, objectBcs: true, previousTransaction: true },
    });
    expect(object.json).toEqual({ id: object.objectId, balance: String(SUI) });
    expect(object.owner).toEqual({ $kind: 'AddressOwner', AddressOwner: bob });
    expect(object.previousTransaction).toBe(done.Transaction?.digest);
    expect(done.Transaction?.balanceChanges).toContainEqual({
      address: bob,
      coinType: `0x${'2'.padStart(64, '0')}::sui::SUI`,
      amount: String(SUI),
    });
  });
});
