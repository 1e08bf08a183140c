import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transaction } from '@mysten/sui/transactions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalnet } from './localnet.ts';
import type { Localnet } from './localnet.ts';
import { buildZoo, Harness, SUI } from './testing/harness.ts';

/** The whole state, by digests. */
function state({ chain }: Localnet): unknown {
  return {
    id: chain.id,
    latest: chain.ledger.latest?.digest,
    epoch: chain.ledger.epoch,
    total: chain.ledger.totalTransactions,
    objects: chain.objects.size,
    treasury: chain.objects.get(chain.treasuryCoin)?.digest,
    snapshots: chain.snapshots,
  };
}

/** Publishes, calls, fails, ends an epoch, moves time, and goes back once. */
async function work(localnet: Localnet): Promise<void> {
  const harness = new Harness(localnet, []);
  const alice = harness.wallet(100n * SUI);
  const { packageId, created } = await harness.publish(await buildZoo(), alice);
  const increment = async (): Promise<void> => {
    const tx = new Transaction();
    const counter = tx.object(created['Counter'] as string);
    tx.moveCall({ target: `${packageId}::zoo::increment`, arguments: [counter, tx.object.clock()] });
    expect((await harness.run(tx, alice)).status.success).toBe(true);
  };
  await increment();
  localnet.snapshot('early');
  const failing = new Transaction();
  failing.moveCall({ target: `${packageId}::zoo::fail`, arguments: [failing.pure.u64(3)] });
  expect((await harness.runUnchecked(failing, alice)).status.success).toBe(false);
  localnet.advanceClock(86_400_000);
  localnet.restore('early');
  localnet.advanceEpoch(2);
  localnet.advanceClock(3_600_000);
  await increment();
}

describe('a network with a data folder', () => {
  let dir: string;
  let now = 1_700_000_000_000;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'localnet-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const start = (): Promise<Localnet> => startLocalnet({ dataDir: dir, clock: () => (now += 7) });
  const journal = (): string => join(dir, 'journal.jsonl');

  it('is the same after a restart, digest for digest, and goes on', async () => {
    const first = await start();
    await work(first);
    const before = state(first);
    const time = first.chain.now();
    await first[Symbol.asyncDispose]();

    const second = await start();
    expect(state(second)).toEqual(before);
    expect(second.chain.now()).toBeGreaterThan(time);
    expect(second.chain.now()).toBeLessThan(time + 60_000n);
    second.restore('early');
    second.fund(`0x${'ab'.repeat(32)}`, 5n);
    const later = state(second);
    await second[Symbol.asyncDispose]();

    await using third = await start();
    expect(state(third)).toEqual(later);
  });

  it('drops a line that was not written to its end', async () => {
    const first = await start();
    await work(first);
    const before = state(first);
    await first[Symbol.asyncDispose]();
    await appendFile(journal(), '{"at":"17000000');
    const second = await start();
    expect(state(second)).toEqual(before);
    second.fund(`0x${'ab'.repeat(32)}`, 5n);
    await second[Symbol.asyncDispose]();
    await using third = await start();
    expect(third.chain.ledger.totalTransactions).toBeGreaterThan(0n);
  });

  it('belongs to one process at a time', async () => {
    await using first = await start();
    await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
    expect(first.chainId).not.toBe('');
  });

  it('takes over from a process that was killed', async () => {
    // No process has this number: it is over the largest that Linux gives.
    await writeFile(join(dir, 'lock'), '4194305');
    await using first = await start();
    expect(first.chainId).not.toBe('');
  });

  it.each([
    ['holds something else', () => 'hello\n', /holds no journal/],
    ['is of another format', (text: string) => text.replace('"format":1', '"format":9'), /format 9/],
    ['has another framework', (text: string) => text.replace(/"genesis":"./, '"genesis":"#'), /framework/],
    ['has a damaged line', (text: string) => text.replace('{"at"', '{"at'), /line 2 .* damaged/],
    [
      'lacks a line',
      (text: string) => text.split('\n').toSpliced(1, 1).join('\n'),
      /JournalError|checkpoint|Could not/,
    ],
  ])('refuses a folder that %s', async (_what, damage, message) => {
    const first = await start();
    await work(first);
    await first[Symbol.asyncDispose]();
    const text = await readFile(journal(), 'utf8');
    await writeFile(journal(), damage(text));
    await expect(start()).rejects.toThrow(message);
    await writeFile(journal(), text);
    await using again = await start();
    expect(again.chainId).toBe(first.chainId);
  });
});
