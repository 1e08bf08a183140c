import { bcs } from '@mysten/sui/bcs';
import { GrpcTypes } from '@mysten/sui/grpc';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildZoo, createdByType, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const ELSEWHERE = `0x${'ab'.repeat(32)}`;

describe('simulation', () => {
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

  it('foresees effects, events and balances without a signature', async () => {
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    const [coin] = tx.splitCoins(tx.gas, [SUI]);
    tx.transferObjects([coin], ELSEWHERE);
    tx.moveCall({ target: `${zoo}::increment`, arguments: [tx.object(counter), tx.object.clock()] });
    const bytes = await tx.build({ client: harness.client });
    const include = { effects: true, events: true, balanceChanges: true } as const;
    const foreseen = await harness.client.simulateTransaction({ transaction: bytes, include });
    const { signature } = await alice.signTransaction(bytes);
    const done = await harness.client.executeTransaction({
      transaction: bytes,
      signatures: [signature],
      include,
    });
    expect(foreseen.Transaction?.digest).toBe(done.Transaction?.digest);
    expect(foreseen.Transaction?.effects?.gasUsed).toEqual(done.Transaction?.effects?.gasUsed);
    expect(foreseen.Transaction?.balanceChanges).toEqual(done.Transaction?.balanceChanges);
    expect(foreseen.Transaction?.events.map(({ eventType }) => eventType)).toEqual([`${zoo}::Counted`]);
  });

  it('without checks calls private functions, with objects of anyone and an empty wallet', async () => {
    const making = new Transaction();
    making.transferObjects(
      [making.moveCall({ target: `${zoo}::toy`, arguments: [making.pure.u64(6)] })],
      alice.toSuiAddress(),
    );
    const toy = createdByType(await harness.run(making, alice))['Toy'] as string;
    const tx = new Transaction();
    tx.setSender(ELSEWHERE);
    tx.moveCall({ target: `${zoo}::hidden`, arguments: [tx.object(counter)] });
    tx.moveCall({ target: `${zoo}::value`, arguments: [tx.object(counter)] });
    tx.moveCall({ target: `${zoo}::number`, arguments: [tx.object(toy)] });
    tx.moveCall({ target: `${zoo}::cook`, arguments: [tx.pure.u64(1)] });
    const { commandResults } = await harness.client.simulateTransaction({
      transaction: tx,
      checksEnabled: false,
      include: { commandResults: true },
    });
    const numbers = commandResults
      .slice(1, 3)
      .map(({ returnValues }) => bcs.U64.parse(returnValues[0]?.bcs as Uint8Array));
    expect(numbers).toEqual(['2000', '6']);
    expect(commandResults[0]?.mutatedReferences).toHaveLength(1);
  });

  it('shows what references were left with', async () => {
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    const toy = tx.moveCall({ target: `${zoo}::toy`, arguments: [tx.pure.u64(1)] });
    tx.moveCall({ target: `${zoo}::paint`, arguments: [toy, tx.pure.u64(77)] });
    tx.transferObjects([toy], ELSEWHERE);
    const { commandResults } = await harness.client.simulateTransaction({
      transaction: tx,
      include: { commandResults: true },
    });
    const [left] = commandResults[1]?.mutatedReferences ?? [];
    expect(bcs.U64.parse(left?.bcs?.subarray(32) ?? new Uint8Array())).toBe('77');
  });

  it('of a publication leaves no package behind, and can be repeated', async () => {
    const built = await buildZoo();
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    const cap = tx.publish({
      modules: built.modules.map((module) => Buffer.from(module).toString('base64')),
      dependencies: built.dependencies,
    });
    tx.transferObjects([cap], alice.toSuiAddress());
    const bytes = await tx.build({ client: harness.client });
    for (let i = 0; i < 2; i++) {
      const result = await harness.client.simulateTransaction({
        transaction: bytes,
        include: { effects: true },
      });
      expect(result.$kind).toBe('Transaction');
      const written = result.Transaction?.effects?.changedObjects.find(
        ({ outputState }) => outputState === 'PackageWrite',
      );
      const reading = harness.client.movePackageService.getPackage({
        packageId: written?.objectId as string,
      });
      await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('picks the greatest coins and leaves those alone that the program uses', async () => {
    const bob = harness.wallet(SUI, 3n * SUI, 2n * SUI);
    const { objects } = await harness.client.listCoins({ owner: bob.toSuiAddress() });
    const greatest = objects.find(({ balance }) => balance === String(3n * SUI));
    const second = objects.find(({ balance }) => balance === String(2n * SUI));
    const tx = new Transaction();
    tx.setSender(bob.toSuiAddress());
    tx.transferObjects([tx.object(greatest?.objectId as string)], ELSEWHERE);
    await tx.build({ client: harness.client });
    expect(tx.getData().gasData.payment?.map(({ objectId }) => objectId)).toEqual([second?.objectId]);
  });

  it('tells shared objects that are read from those that are written', async () => {
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    tx.moveCall({ target: `${zoo}::value`, arguments: [tx.object(counter)] });
    await tx.build({ client: harness.client });
    expect(tx.getData().inputs[0]?.Object?.SharedObject?.mutable).toBe(false);
    const writing = new Transaction();
    writing.setSender(alice.toSuiAddress());
    writing.moveCall({
      target: `${zoo}::increment`,
      arguments: [writing.object(counter), writing.object.clock()],
    });
    await writing.build({ client: harness.client });
    expect(writing.getData().inputs[0]?.Object?.SharedObject?.mutable).toBe(true);
  });

  it('takes a bare transaction kind', async () => {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::pair`, arguments: [tx.pure.u64(1), tx.pure.vector('u8', [2])] });
    const kind = await tx.build({ client: harness.client, onlyTransactionKind: true });
    const { response } = await harness.client.transactionExecutionService.simulateTransaction({
      transaction: { bcs: { value: kind } },
      checks: GrpcTypes.SimulateTransactionRequest_TransactionChecks.DISABLED,
      readMask: { paths: ['command_outputs'] },
    });
    expect(response.commandOutputs[0]?.returnValues[0]?.value?.value).toEqual(
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 2),
    );
    expect(response.transaction).toBeUndefined();
  });
});
