import { bcs } from '@mysten/sui/bcs';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blake2b256, typedDigest } from './chain/digest.ts';
import { startLocalnet } from './localnet.ts';
import { buildZoo, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const START = 1_700_000_000_000;
const CLOCK = `0x${'6'.padStart(64, '0')}`;

describe('the ledger', () => {
  let harness: Harness;
  let alice: Ed25519Keypair;
  let zoo: string;
  let counter: string;
  let wall = START;

  beforeAll(async () => {
    harness = await startHarness(() => wall);
    alice = harness.wallet(1000n * SUI);
    const { packageId, created } = await harness.publish(await buildZoo(), alice);
    zoo = `${packageId}::zoo`;
    counter = created['Counter'] as string;
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function increment() {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::increment`, arguments: [tx.object(counter), tx.object.clock()] });
    return harness.run(tx, alice);
  }

  it('hashes objects, transactions, effects and checkpoints as a node does', async () => {
    const done = await increment();
    const { ledgerService } = harness.client;
    const { response } = await ledgerService.getTransaction({
      digest: done.digest,
      readMask: { paths: ['*'] },
    });
    const { transaction: executed } = response;
    const transaction = executed?.transaction?.bcs?.value as Uint8Array;
    expect(typedDigest('TransactionData', transaction)).toBe(done.digest);
    expect(bcs.TransactionData.parse(transaction).V1?.sender).toBe(alice.toSuiAddress());
    const effects = executed?.effects?.bcs?.value as Uint8Array;
    expect(typedDigest('TransactionEffects', effects)).toBe(executed?.effects?.digest);
    expect(bcs.TransactionEffects.serialize(bcs.TransactionEffects.parse(effects)).toBytes()).toEqual(
      effects,
    );
    const events = executed?.events?.bcs?.value as Uint8Array;
    expect(typedDigest('TransactionEvents', events)).toBe(executed?.effects?.eventsDigest);

    const { object } = await harness.client.getObject({ objectId: counter, include: { objectBcs: true } });
    const bytes = object.objectBcs as Uint8Array;
    const decoded = bcs.Object.parse(bytes);
    expect(bcs.Object.serialize(decoded).toBytes()).toEqual(bytes);
    expect(typedDigest('Object', bytes)).toBe(object.digest);
    expect(decoded.previousTransaction).toBe(done.digest);
    expect(decoded.data.Move?.version).toBe(object.version);

    const { response: found } = await ledgerService.getCheckpoint({
      checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: executed?.checkpoint as bigint },
      readMask: { paths: ['digest', 'summary', 'contents', 'transactions.digest'] },
    });
    const { checkpoint } = found;
    expect(typedDigest('CheckpointSummary', checkpoint?.summary?.bcs?.value as Uint8Array)).toBe(
      checkpoint?.digest,
    );
    expect(typedDigest('CheckpointContents', checkpoint?.contents?.bcs?.value as Uint8Array)).toBe(
      checkpoint?.summary?.contentDigest,
    );
    expect(checkpoint?.transactions.map(({ digest }) => digest)).toEqual([done.digest]);
    const before = await ledgerService.getCheckpoint({
      checkpointId: { oneofKind: 'digest', digest: checkpoint?.summary?.previousDigest as string },
    });
    expect(before.response.checkpoint?.sequenceNumber).toBe((executed?.checkpoint as bigint) - 1n);
  });

  it('encodes packages as the SDK reads them', async () => {
    const objectId = zoo.split('::')[0] as string;
    const { object } = await harness.client.getObject({ objectId, include: { objectBcs: true } });
    const bytes = object.objectBcs as Uint8Array;
    const decoded = bcs.Object.parse(bytes);
    expect(decoded.data.Package?.id).toBe(objectId);
    expect(decoded.data.Package?.typeOriginTable.map(({ datatypeName }) => datatypeName)).toContain(
      'Counter',
    );
    expect(blake2b256(bytes)).toHaveLength(32);
  });

  it('follows the injected clock and never goes back', async () => {
    const at = async (): Promise<number> => {
      const { object } = await harness.client.getObject({ objectId: CLOCK, include: { json: true } });
      return Number(object.json?.['timestamp_ms']);
    };
    expect(await at()).toBe(START);
    wall = START + 5_000;
    expect(await at()).toBe(START + 5_000);
    harness.localnet.advanceClock(60_000);
    expect(await at()).toBe(START + 65_000);
    wall = START;
    expect(await at()).toBe(START + 65_000);
    const [event] = (await increment()).events;
    expect(event?.json?.['at_ms']).toBe(String(START + 65_000));
    const { response } = await harness.client.ledgerService.getServiceInfo({});
    expect(response.timestamp?.seconds).toBe(BigInt(START + 65_000) / 1000n);
  });

  it('counts epochs, and Move code sees them', async () => {
    const { ledgerService } = harness.client;
    const before = await ledgerService.getEpoch({});
    harness.localnet.advanceEpoch(3);
    const after = await ledgerService.getEpoch({});
    expect(after.response.epoch?.epoch).toBe((before.response.epoch?.epoch as bigint) + 3n);
    const ended = await ledgerService.getEpoch({ epoch: before.response.epoch?.epoch as bigint });
    const last = ended.response.epoch?.lastCheckpoint as bigint;
    const { response } = await ledgerService.getCheckpoint({
      checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: last },
      readMask: { paths: ['summary'] },
    });
    expect(response.checkpoint?.summary?.endOfEpochData).toBeDefined();
    const tx = new Transaction();
    tx.setSender(alice.toSuiAddress());
    tx.moveCall({ target: `${zoo}::epoch_of` });
    const { commandResults } = await harness.client.simulateTransaction({
      transaction: tx,
      include: { commandResults: true },
    });
    expect(bcs.U64.parse(commandResults[0]?.returnValues[0]?.bcs as Uint8Array)).toBe(
      String(after.response.epoch?.epoch),
    );
  });

  it('lists transactions and events with filters, in pages', async () => {
    for (let i = 0; i < 5; i++) await increment();
    const filter = { eventType: `${zoo}::Counted` };
    const whole = await harness.client.listEvents({ filter, limit: 50 });
    expect(whole.events.length).toBeGreaterThanOrEqual(5);
    expect(whole.hasNextPage).toBe(false);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: typeof whole = await harness.client.listEvents({
        filter,
        limit: 2,
        ...(cursor === null ? {} : { after: cursor }),
      });
      seen.push(...page.events.map(({ transactionDigest }) => transactionDigest));
      cursor = page.hasNextPage ? page.endCursor : null;
    } while (cursor !== null);
    expect(seen).toEqual(whole.events.map(({ transactionDigest }) => transactionDigest));
    const { transactions } = await harness.client.listTransactions({
      filter: { sender: alice.toSuiAddress() },
      limit: 3,
      order: 'descending',
    });
    expect(transactions[0]?.Transaction?.digest).toBe(seen.at(-1));
  });

  it('answers look-ups for what is not there with the right code', async () => {
    const { ledgerService } = harness.client;
    const nowhere = `0x${'cd'.repeat(32)}`;
    await expect(ledgerService.getObject({ objectId: nowhere })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ledgerService.getObject({ objectId: 'xyz' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(ledgerService.getObject({})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(ledgerService.getTransaction({ digest: '1'.repeat(32) })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(ledgerService.getTransaction({ digest: '?' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const mask = { paths: ['no_such_field'] };
    await expect(ledgerService.getObject({ objectId: counter, readMask: mask })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const far = { oneofKind: 'sequenceNumber', sequenceNumber: 1_000_000n } as const;
    await expect(ledgerService.getCheckpoint({ checkpointId: far })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(harness.client.nameService.lookupName({ name: 'a.sui' })).rejects.toMatchObject({
      code: 'UNIMPLEMENTED',
    });
    const [gone] = (await harness.client.getObjects({ objectIds: [nowhere] })).objects;
    expect(gone).toMatchObject({ reason: 'notFound' });
  });

  it('keeps former versions of an object', async () => {
    const { object } = await harness.client.getObject({ objectId: counter });
    await increment();
    const { response } = await harness.client.ledgerService.getObject({
      objectId: counter,
      version: BigInt(object.version),
      readMask: { paths: ['digest'] },
    });
    expect(response.object?.digest).toBe(object.digest);
  });

  it('pages through owned objects', async () => {
    const bob = harness.wallet(1n, 2n, 3n, 4n, 5n);
    const owner = bob.toSuiAddress();
    const balances: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof harness.client.listCoins>> = await harness.client.listCoins({
        owner,
        limit: 2,
        cursor,
      });
      balances.push(...page.objects.map(({ balance }) => balance));
      cursor = page.hasNextPage ? page.cursor : null;
    } while (cursor !== null);
    expect(balances.toSorted()).toEqual(['1', '2', '3', '4', '5']);
    const caps = await harness.client.listOwnedObjects({
      owner: alice.toSuiAddress(),
      type: '0x2::package::UpgradeCap',
    });
    expect(caps.objects).toHaveLength(1);
    const { balances: totals } = await harness.client.listBalances({ owner });
    expect(totals.map(({ balance }) => balance)).toEqual(['15']);
  });
});

describe('a network that forgets', () => {
  it('drops its oldest checkpoints and says so', async () => {
    await using localnet = await startLocalnet({ checkpointsKept: 10 });
    const { ledger } = localnet.chain;
    for (let i = 0; i < 30; i++) localnet.fund(`0x${'7'.repeat(64)}`, 1n);
    expect(ledger.lowestAvailable).toBeGreaterThan(0n);
    expect(ledger.checkpoint(0n)).toBeUndefined();
    expect(ledger.latest?.sequenceNumber).toBe(30n);
    expect(ledger.totalTransactions).toBe(30n);
  });

  it('starts alike from the same seed and clock, and otherwise from another', async () => {
    const options = { seed: new Uint8Array(32), clock: () => START };
    await using first = await startLocalnet(options);
    await using second = await startLocalnet(options);
    await using third = await startLocalnet({ clock: () => START });
    expect(second.chainId).toBe(first.chainId);
    expect(third.chainId).not.toBe(first.chainId);
  });
});
