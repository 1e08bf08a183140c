import { bcs } from '@mysten/sui/bcs';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildZoo, createdByType, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const NOW = 1_800_000_000_123;

describe('Move calls', () => {
  let harness: Harness;
  let alice: Ed25519Keypair;
  let zoo: string;
  let counter: string;
  let publisher: string;

  beforeAll(async () => {
    harness = await startHarness(() => NOW);
    alice = harness.wallet(1000n * SUI);
    const published = await harness.publish(await buildZoo(), alice);
    zoo = `${published.packageId}::zoo`;
    counter = published.created['Counter'] as string;
    publisher = published.created['Publisher'] as string;
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function json(objectId: string): Promise<Record<string, unknown> | null | undefined> {
    const { object } = await harness.client.getObject({ objectId, include: { json: true } });
    return object.json;
  }

  function call(
    name: string,
    args: (tx: Transaction) => Parameters<Transaction['moveCall']>[0]['arguments'],
    typeArguments: string[] = [],
  ): Transaction {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::${name}`, arguments: args(tx) ?? [], typeArguments });
    return tx;
  }

  async function makeToy(number: number): Promise<string> {
    const tx = new Transaction();
    const toy = tx.moveCall({ target: `${zoo}::toy`, arguments: [tx.pure.u64(number)] });
    tx.transferObjects([toy], alice.toSuiAddress());
    return createdByType(await harness.run(tx, alice))['Toy'] as string;
  }

  it('ran init with its witness and the upgrade capability', async () => {
    expect(await json(counter)).toMatchObject({ value: '0', names: { size: '0' } });
    const [result] = await simulate(call('made_here', (tx) => [tx.object(publisher)]));
    expect(result).toEqual([Uint8Array.of(1)]);
  });

  async function simulate(transaction: Transaction): Promise<(Uint8Array | null)[][]> {
    transaction.setSenderIfNotSet(alice.toSuiAddress());
    const { commandResults } = await harness.client.simulateTransaction({
      transaction,
      include: { commandResults: true },
    });
    return commandResults.map((result) => result.returnValues.map((value) => value.bcs));
  }

  it('mutates a shared object, emits an event and reads the clock', async () => {
    const before = (await harness.client.getObject({ objectId: counter })).object;
    const done = await harness.run(
      call('increment', (tx) => [tx.object(counter), tx.object.clock()]),
      alice,
    );
    expect(done.status).toEqual({ success: true, error: null });
    const after = (await harness.client.getObject({ objectId: counter })).object;
    expect(after.owner).toEqual(before.owner);
    expect(BigInt(after.version)).toBeGreaterThan(BigInt(before.version));
    expect(after.version).toBe(done.effects.lamportVersion);
    const [event] = done.events;
    expect(event).toMatchObject({
      packageId: zoo.split('::')[0],
      module: 'zoo',
      sender: alice.toSuiAddress(),
    });
    expect(event?.eventType).toBe(`${zoo}::Counted`);
    expect(event?.json).toEqual({ counter, value: '1', by: alice.toSuiAddress(), at_ms: String(NOW) });
    const clock = done.effects.unchangedConsensusObjects[0];
    expect(clock).toMatchObject({ kind: 'ReadOnlyRoot', objectId: `0x${'6'.padStart(64, '0')}` });
  });

  it('returns values to a simulation and leaves nothing behind', async () => {
    const tx = call('increment', (t) => [t.object(counter), t.object.clock()]);
    tx.moveCall({ target: `${zoo}::value`, arguments: [tx.object(counter)] });
    const before = await json(counter);
    const [, second] = await simulate(tx);
    expect(bcs.U64.parse(second?.[0] as Uint8Array)).toBe(String(BigInt(before?.['value'] as string) + 1n));
    expect(await json(counter)).toEqual(before);
  });

  it('chains results, copies what may be copied and builds vectors', async () => {
    const tx = new Transaction();
    const pair = tx.moveCall({
      target: `${zoo}::pair`,
      arguments: [tx.pure.u64(5), tx.pure.vector('u8', [1])],
    });
    const numbers = tx.makeMoveVec({ type: 'u64', elements: [tx.pure.u64(6), tx.pure.u64(7)] });
    tx.moveCall({ target: `${zoo}::sum`, arguments: [pair, numbers] });
    tx.moveCall({ target: `${zoo}::sum`, arguments: [pair, numbers] });
    const results = await simulate(tx);
    expect(results.slice(2).map(([value]) => bcs.U64.parse(value as Uint8Array))).toEqual(['18', '18']);
  });

  it('adds, changes, reads and removes table entries', async () => {
    await harness.run(
      call('name', (tx) => [tx.object(counter), tx.pure.string('ä'), tx.pure.u64(3)]),
      alice,
    );
    await harness.run(
      call('rename', (tx) => [tx.object(counter), tx.pure.string('ä'), tx.pure.u64(4)]),
      alice,
    );
    const names = (await json(counter))?.['names'] as { id: string; size: string };
    expect(names.size).toBe('1');
    const listed = await harness.client.listDynamicFields({ parentId: names.id, include: { value: true } });
    expect(
      listed.dynamicFields.map((field) => [
        field.$kind,
        bcs.String.parse(field.name.bcs),
        bcs.U64.parse(field.value.bcs),
      ]),
    ).toEqual([['DynamicField', 'ä', '4']]);
    const { dynamicField } = await harness.client.getDynamicField({
      parentId: names.id,
      name: { type: '0x1::string::String', bcs: bcs.String.serialize('ä').toBytes() },
    });
    expect(bcs.U64.parse(dynamicField.value.bcs)).toBe('4');
    const touched = await harness.run(
      call('touch', (tx) => [tx.object(counter), tx.pure.string('ä')]),
      alice,
    );
    expect(touched.effects.changedObjects.map((change) => change.objectId)).not.toContain(
      dynamicField.fieldId,
    );
    const done = await harness.run(
      call('unname', (tx) => [tx.object(counter), tx.pure.string('ä')]),
      alice,
    );
    expect(
      done.effects.changedObjects.find((change) => change.objectId === dynamicField.fieldId),
    ).toMatchObject({
      idOperation: 'Deleted',
      outputState: 'DoesNotExist',
    });
    const missing = harness.client.getDynamicField({ parentId: names.id, name: dynamicField.name });
    await expect(missing).rejects.toMatchObject({ reason: 'notFound' });
  });

  it('keeps objects as dynamic object fields that can still be found', async () => {
    const toy = await makeToy(1);
    const kept = await harness.run(
      call('keep', (tx) => [tx.object(counter), tx.pure.u8(9), tx.object(toy)]),
      alice,
    );
    expect(kept.status.success).toBe(true);
    await harness.run(
      call('play', (tx) => [tx.object(counter), tx.pure.u8(9)]),
      alice,
    );
    expect(await json(toy)).toEqual({ id: toy, number: '2' });
    const { object } = await harness.client.getDynamicObjectField({
      parentId: counter,
      name: { type: 'u8', bcs: Uint8Array.of(9) },
    });
    expect(object.objectId).toBe(toy);
    expect(object.owner.$kind).toBe('ObjectOwner');
    const listed = await harness.client.listDynamicFields({ parentId: counter });
    expect(listed.dynamicFields.find((field) => field.$kind === 'DynamicObject')?.childId).toBe(toy);
    const tx = new Transaction();
    const back = tx.moveCall({ target: `${zoo}::unkeep`, arguments: [tx.object(counter), tx.pure.u8(9)] });
    tx.transferObjects([back], alice.toSuiAddress());
    await harness.run(tx, alice);
    expect((await harness.client.getObject({ objectId: toy })).object.owner).toMatchObject({
      AddressOwner: alice.toSuiAddress(),
    });
  });

  it('wraps, unwraps and deletes', async () => {
    const toy = await makeToy(3);
    const wrapping = new Transaction();
    const made = wrapping.moveCall({ target: `${zoo}::wrap`, arguments: [wrapping.object(toy)] });
    wrapping.transferObjects([made], alice.toSuiAddress());
    const wrapped = await harness.run(wrapping, alice);
    const box = createdByType(wrapped)['Box'] as string;
    expect(wrapped.effects.changedObjects.find((change) => change.objectId === toy)).toMatchObject({
      inputState: 'Exists',
      outputState: 'DoesNotExist',
      idOperation: 'None',
    });
    await expect(harness.client.getObject({ objectId: toy })).rejects.toMatchObject({ reason: 'notFound' });
    expect(await json(box)).toEqual({ id: box, toy: { id: toy, number: '3' } });
    const tx = new Transaction();
    const out = tx.moveCall({ target: `${zoo}::unwrap`, arguments: [tx.object(box)] });
    tx.transferObjects([out], alice.toSuiAddress());
    const unwrapped = await harness.run(tx, alice);
    expect(unwrapped.effects.changedObjects.find((change) => change.objectId === toy)).toMatchObject({
      inputState: 'DoesNotExist',
      outputState: 'ObjectWrite',
      idOperation: 'None',
    });
    expect(await json(box)).toEqual({ id: box, toy: null });
    const broken = await harness.run(
      call('break_toy', (t) => [t.object(toy)]),
      alice,
    );
    expect(broken.effects.changedObjects.find((change) => change.objectId === toy)?.idOperation).toBe(
      'Deleted',
    );
  });

  it('receives an object that was sent to an object', async () => {
    const wrapping = new Transaction();
    const first = wrapping.moveCall({ target: `${zoo}::toy`, arguments: [wrapping.pure.u64(1)] });
    const made = wrapping.moveCall({ target: `${zoo}::wrap`, arguments: [first] });
    wrapping.transferObjects([made], alice.toSuiAddress());
    const box = createdByType(await harness.run(wrapping, alice))['Box'] as string;
    const toy = await makeToy(8);
    const sending = new Transaction();
    sending.transferObjects([sending.object(toy)], box);
    await harness.run(sending, alice);
    const tx = new Transaction();
    const out = tx.moveCall({ target: `${zoo}::receive_toy`, arguments: [tx.object(box), tx.object(toy)] });
    tx.transferObjects([out], alice.toSuiAddress());
    expect((await harness.run(tx, alice)).status.success).toBe(true);
    expect((await harness.client.getObject({ objectId: toy })).object.owner).toMatchObject({
      AddressOwner: alice.toSuiAddress(),
    });
  });

  it('freezes and shares objects', async () => {
    const shown = await makeToy(1);
    await harness.run(
      call('show', (tx) => [tx.object(shown)]),
      alice,
    );
    expect((await harness.client.getObject({ objectId: shown })).object.owner.$kind).toBe('Immutable');
    const painting = await harness.runUnchecked(
      call('paint', (tx) => [tx.object(shown), tx.pure.u64(2)]),
      alice,
    );
    expect(painting.status.error).toMatchObject({ CommandArgumentError: { name: 'InvalidObjectByMutRef' } });
    const stranger = harness.wallet(SUI);
    expect(
      (
        await harness.run(
          call('number', (tx) => [tx.object(shown)]),
          stranger,
        )
      ).status.success,
    ).toBe(true);

    const shared = await makeToy(1);
    const done = await harness.runUnchecked(
      call('share', (tx) => [tx.object(shared)]),
      alice,
    );
    // An object that was owned before must not become shared.
    expect(done.status.success).toBe(false);
  });

  it('lets a shared object be deleted but not be taken away', async () => {
    const opening = new Transaction();
    const [coin] = opening.splitCoins(opening.gas, [SUI]);
    opening.moveCall({ target: `${zoo}::open_purse`, arguments: [coin] });
    const purse = createdByType(await harness.run(opening, alice))['Purse'] as string;
    const stealing = call('steal_purse', (tx) => [tx.object(purse), tx.pure.address(alice.toSuiAddress())]);
    const stolen = await harness.runUnchecked(stealing, alice);
    expect(stolen.status.success).toBe(false);
    const closing = new Transaction();
    const back = closing.moveCall({ target: `${zoo}::close_purse`, arguments: [closing.object(purse)] });
    closing.transferObjects([back], alice.toSuiAddress());
    expect((await harness.run(closing, alice)).status.success).toBe(true);
    await expect(harness.client.getObject({ objectId: purse })).rejects.toMatchObject({ reason: 'notFound' });
  });

  it('describes functions', async () => {
    const { function: described } = await harness.client.getMoveFunction({
      packageId: zoo.split('::')[0] as string,
      moduleName: 'zoo',
      name: 'typed',
    });
    expect(described).toMatchObject({
      visibility: 'public',
      isEntry: false,
      typeParameters: [{ constraints: ['key'] }],
      parameters: [{ reference: 'immutable', body: { $kind: 'typeParameter', index: 0 } }],
    });
  });
});
