import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { buildZoo, startHarness, SUI } from '../testing/harness.ts';
import type { Harness } from '../testing/harness.ts';

describe.each(['in process', 'loopback text', 'loopback binary'])('subscriptions %s', (mode) => {
  let harness: Harness;
  let client: SuiGrpcClient;
  let alice: Ed25519Keypair;
  let zoo: string;
  let counter: string;

  beforeAll(async () => {
    harness = await startHarness();
    client =
      mode === 'in process'
        ? harness.client
        : new SuiGrpcClient({
            network: 'localnet',
            baseUrl: await harness.localnet.listen(),
            format: mode === 'loopback text' ? 'text' : 'binary',
          });
    alice = harness.wallet(1000n * SUI);
    const { packageId, created } = await harness.publish(await buildZoo(), alice);
    zoo = packageId;
    counter = created['Counter'] as string;
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function increment() {
    const tx = new Transaction();
    tx.moveCall({ target: `${zoo}::zoo::increment`, arguments: [tx.object(counter), tx.object.clock()] });
    return harness.run(tx, alice);
  }

  it('bring every checkpoint with its transactions and events, once and in order', async () => {
    const stop = new AbortController();
    const { responses, headers } = client.subscriptionService.subscribeCheckpoints(
      {
        readMask: {
          paths: ['sequence_number', 'transactions.digest', 'transactions.events', 'summary.timestamp'],
        },
      },
      { abort: stop.signal },
    );
    await headers;
    const stream = responses[Symbol.asyncIterator]();
    const seen: { cursor: bigint | undefined; events: number; digest: string | undefined }[] = [];
    const expected: string[] = [];
    // The first answers may be in flight while the subscription is being set up, so wait for one of our own.
    for (let i = 0; i < 5; i++) {
      const next = stream.next();
      expected.push((await increment()).digest);
      const { value } = await next;
      const [transaction] = value?.checkpoint?.transactions ?? [];
      seen.push({
        cursor: value?.cursor,
        events: transaction?.events?.events.length ?? 0,
        digest: transaction?.digest,
      });
      expect(transaction?.events?.events[0]?.contents?.value?.length).toBeGreaterThan(0);
      expect(transaction?.effects).toBeUndefined();
      expect(value?.checkpoint?.summary?.timestamp).toBeDefined();
    }
    stop.abort();
    await expect(stream.next()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen.map(({ digest }) => digest)).toEqual(expected);
    expect(seen.map(({ events }) => events)).toEqual([1, 1, 1, 1, 1]);
    const cursors = seen.map(({ cursor }) => cursor ?? 0n);
    expect(cursors).toEqual(cursors.map((_, index) => (cursors[0] as bigint) + BigInt(index)));
  });

  it('are not held up by a subscriber that does not read', async () => {
    const stop = new AbortController();
    const lazy = client.subscriptionService.subscribeCheckpoints({}, { abort: stop.signal });
    await lazy.headers;
    for (let i = 0; i < 20; i++) harness.localnet.fund(alice.toSuiAddress(), 1n);
    const stream = lazy.responses[Symbol.asyncIterator]();
    const first = await stream.next();
    expect(first.value?.checkpoint?.sequenceNumber).toBe(first.value?.cursor);
    stop.abort();
  });

  it('pick out events by type', async () => {
    const stop = new AbortController();
    const call = client.subscriptionService.subscribeEvents(
      {
        readMask: { paths: ['event_type', 'json'] },
        filter: {
          terms: [
            {
              literals: [
                {
                  negated: false,
                  predicate: { oneofKind: 'eventType', eventType: { eventType: `${zoo}::zoo::Counted` } },
                },
              ],
            },
          ],
        },
      },
      { abort: stop.signal },
    );
    await call.headers;
    const next = call.responses[Symbol.asyncIterator]().next();
    harness.localnet.fund(alice.toSuiAddress(), 1n);
    await increment();
    expect((await next).value?.event?.eventType).toBe(`${zoo}::zoo::Counted`);
    stop.abort();
  });

  it('break off when the node becomes unavailable', async () => {
    const call = client.subscriptionService.subscribeCheckpoints({});
    await call.headers;
    const next = call.responses[Symbol.asyncIterator]().next();
    harness.localnet.outage('unavailable', 60);
    await expect(next).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(client.getReferenceGasPrice()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    harness.localnet.outage('unavailable', 0);
    expect(await client.getReferenceGasPrice()).toEqual({ referenceGasPrice: '1000' });
  });
});
