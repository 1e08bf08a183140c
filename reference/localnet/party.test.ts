import { bcs } from '@mysten/sui/bcs';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildZoo, createdByType, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const TRANSFER = '0x2::transfer';

/** A party of one owner, in a transaction. */
function partyOf(tx: Transaction, owner: string) {
  return tx.moveCall({ target: '0x2::party::single_owner', arguments: [tx.pure.address(owner)] });
}

describe('party objects: one owner, versions by consensus', () => {
  let harness: Harness;
  let zoo: string;
  let [alice, bob] = [] as unknown as [Ed25519Keypair, Ed25519Keypair];
  beforeAll(async () => {
    harness = await startHarness();
    [alice, bob] = [harness.wallet(20n * SUI, 20n * SUI), harness.wallet(20n * SUI)];
    zoo = `${(await harness.publish(await buildZoo(), alice)).packageId}::zoo`;
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  const toyType = (): string => `${zoo}::Toy`;
  const at = async (objectId: string) =>
    (await harness.client.getObject({ objectId, include: { json: true, objectBcs: true } })).object;

  /** Makes a toy and gives it to a party. */
  async function partyToy(owner: string): Promise<string> {
    const tx = new Transaction();
    const toy = tx.moveCall({ target: `${zoo}::toy`, arguments: [tx.pure.u64(1)] });
    tx.moveCall({
      target: `${TRANSFER}::public_party_transfer`,
      typeArguments: [toyType()],
      arguments: [toy, partyOf(tx, owner)],
    });
    return createdByType(await harness.run(tx, alice))['Toy'] as string;
  }

  function give(toy: string, to: Ed25519Keypair): Transaction {
    const tx = new Transaction();
    tx.moveCall({
      target: `${TRANSFER}::public_party_transfer`,
      typeArguments: [toyType()],
      arguments: [tx.object(toy), partyOf(tx, to.toSuiAddress())],
    });
    return tx;
  }

  function paint(toy: string, number: bigint): Transaction {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::paint`, arguments: [tx.object(toy), tx.pure.u64(number)] });
    return tx;
  }

  it('begin with the version that made them, and are listed with what their owner has', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const object = await at(toy);
    const owner = { startVersion: object.version, owner: alice.toSuiAddress() };
    expect(object.owner).toEqual({ $kind: 'ConsensusAddressOwner', ConsensusAddressOwner: owner });
    expect(bcs.Object.parse(object.objectBcs as Uint8Array).owner.ConsensusAddressOwner).toEqual(owner);
    const { objects } = await harness.client.listOwnedObjects({
      owner: alice.toSuiAddress(),
      type: toyType(),
    });
    expect(objects.map(({ objectId }) => objectId)).toContain(toy);
  });

  it('keep their start with the same owner, and begin anew with another', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const first = await at(toy);
    await harness.run(give(toy, alice), alice);
    const second = await at(toy);
    expect(BigInt(second.version)).toBeGreaterThan(BigInt(first.version));
    expect(second.owner).toEqual(first.owner);
    const done = await harness.run(give(toy, bob), alice);
    const third = await at(toy);
    const owner = { startVersion: third.version, owner: bob.toSuiAddress() };
    expect(third.owner).toEqual({ $kind: 'ConsensusAddressOwner', ConsensusAddressOwner: owner });
    const change = done.effects.changedObjects.find(({ objectId }) => objectId === toy);
    expect([change?.inputOwner, change?.outputOwner]).toEqual([first.owner, third.owner]);
  });

  it('are for their owner alone, read or written', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const reading = new Transaction();
    reading.moveCall({ target: `${zoo}::number`, arguments: [reading.object(toy)] });
    for (const tx of [paint(toy, 2n), give(toy, bob), reading])
      await expect(harness.run(tx, bob)).rejects.toThrow(
        `Transaction was not signed by the correct sender: Object ${toy} is owned by account address ${alice.toSuiAddress()}, but given owner/signer address is ${bob.toSuiAddress()}`,
      );
    expect((await at(toy)).json).toMatchObject({ number: '1' });
  });

  it('may be in several transactions at once, as their version is not in them', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const { objects } = await harness.client.listCoins({ owner: alice.toSuiAddress() });
    const [one, two] = objects as [(typeof objects)[0], (typeof objects)[0]];
    const signed = await Promise.all(
      [one, two].map(async (coin, index) => {
        const tx = paint(toy, BigInt(index + 5));
        tx.setSender(alice.toSuiAddress());
        tx.setGasPayment([coin]);
        const transaction = await tx.build({ client: harness.client });
        return { transaction, signatures: [(await alice.signTransaction(transaction)).signature] };
      }),
    );
    for (const request of signed)
      expect((await harness.client.executeTransaction(request)).$kind).toBe('Transaction');
    expect((await at(toy)).json).toMatchObject({ number: '6' });
  });

  it('are named by their start: another version, or the way of owned ones, is refused', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const { version, digest } = await at(toy);
    const wrongStart = new Transaction();
    const shared = { objectId: toy, initialSharedVersion: String(BigInt(version) - 1n), mutable: true };
    wrongStart.transferObjects([wrongStart.sharedObjectRef(shared)], bob.toSuiAddress());
    await expect(harness.run(wrongStart, alice)).rejects.toThrow(/initial shared version/);
    const asOwned = new Transaction();
    asOwned.transferObjects([asOwned.objectRef({ objectId: toy, version, digest })], bob.toSuiAddress());
    await expect(harness.run(asOwned, alice)).rejects.toThrow(/must be passed as a shared object/);
  });

  it('that are only read are told of in the effects, at the version read', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::number`, arguments: [tx.object(toy)] });
    const { effects } = await harness.run(tx, alice);
    const { version, digest } = await at(toy);
    expect(effects.unchangedConsensusObjects).toEqual([
      expect.objectContaining({ kind: 'ReadOnlyRoot', objectId: toy, version, digest }),
    ]);
  });

  it('go back to an address, are wrapped, frozen and deleted', async () => {
    const own = await partyToy(alice.toSuiAddress());
    const back = new Transaction();
    back.transferObjects([back.object(own)], bob.toSuiAddress());
    await harness.run(back, alice);
    expect((await at(own)).owner).toEqual({ $kind: 'AddressOwner', AddressOwner: bob.toSuiAddress() });
    const wrapped = await partyToy(alice.toSuiAddress());
    const wrap = new Transaction();
    const box = wrap.moveCall({ target: `${zoo}::wrap`, arguments: [wrap.object(wrapped)] });
    wrap.transferObjects([box], alice.toSuiAddress());
    expect((await harness.run(wrap, alice)).status.success).toBe(true);
    for (const end of ['show', 'break_toy']) {
      const toy = await partyToy(alice.toSuiAddress());
      const tx = new Transaction();
      tx.moveCall({ target: `${zoo}::${end}`, arguments: [tx.object(toy)] });
      expect((await harness.run(tx, alice)).status.success).toBe(true);
      if (end === 'show') expect((await at(toy)).owner.$kind).toBe('Immutable');
      else await expect(at(toy)).rejects.toThrow(/not found/);
    }
  });

  it('cannot be shared, nor can shared ones be given to a party', async () => {
    const toy = await partyToy(alice.toSuiAddress());
    const sharing = new Transaction();
    sharing.moveCall({ target: `${zoo}::share`, arguments: [sharing.object(toy)] });
    const failed = await harness.runUnchecked(sharing, alice);
    expect(failed.status.error).toMatchObject({ MoveAbort: { abortCode: '0' } });
    const making = new Transaction();
    const made = making.moveCall({ target: `${zoo}::toy`, arguments: [making.pure.u64(1)] });
    making.moveCall({ target: `${zoo}::share`, arguments: [made] });
    const shared = createdByType(await harness.run(making, alice))['Toy'] as string;
    const giving = await harness.runUnchecked(give(shared, alice), alice);
    expect(giving.status.error?.message).toMatch(/shared object operation/i);
    expect((await at(shared)).owner.$kind).toBe('Shared');
  });

  it('are not received by an object, though its address is their owner', async () => {
    const wrapping = new Transaction();
    const first = wrapping.moveCall({ target: `${zoo}::toy`, arguments: [wrapping.pure.u64(1)] });
    wrapping.transferObjects(
      [wrapping.moveCall({ target: `${zoo}::wrap`, arguments: [first] })],
      alice.toSuiAddress(),
    );
    const box = createdByType(await harness.run(wrapping, alice))['Box'] as string;
    const toy = await partyToy(box);
    const { version, digest } = await at(toy);
    const tx = new Transaction();
    const ticket = tx.receivingRef({ objectId: toy, version, digest });
    const out = tx.moveCall({ target: `${zoo}::receive_toy`, arguments: [tx.object(box), ticket] });
    tx.transferObjects([out], alice.toSuiAddress());
    await expect(harness.run(tx, alice)).rejects.toThrow(/shared object/);
  });

  it('count in a balance as coins do, and pay for no gas', async () => {
    const carol = harness.wallet(2n * SUI);
    const tx = new Transaction();
    const [coin] = tx.splitCoins(tx.gas, [5n * SUI]);
    tx.moveCall({
      target: `${TRANSFER}::public_party_transfer`,
      typeArguments: ['0x2::coin::Coin<0x2::sui::SUI>'],
      arguments: [coin, partyOf(tx, carol.toSuiAddress())],
    });
    const id = createdByType(await harness.run(tx, alice))['Coin'] as string;
    expect((await harness.client.getBalance({ owner: carol.toSuiAddress() })).balance.balance).toBe(
      String(7n * SUI),
    );
    const spending = new Transaction();
    spending.mergeCoins(spending.object(id), [spending.splitCoins(spending.gas, [SUI])]);
    const done = await harness.run(spending, carol);
    expect(done.status.success).toBe(true);
    expect((await at(id)).json).toMatchObject({ balance: String(6n * SUI) });
    const { version, digest } = await at(id);
    const paying = new Transaction();
    paying.transferObjects([paying.splitCoins(paying.gas, [1n])], bob.toSuiAddress());
    paying.setGasPayment([{ objectId: id, version, digest }]);
    await expect(harness.run(paying, carol)).rejects.toThrow(`Gas object ${id} is not owned by an address`);
  });
});
