import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { Journal } from '../store/memory-store.ts';
import { DurableNonceStore } from './durable-nonce-store.ts';

/** A disk on which every write takes a turn of the event loop. */
const slowDisk: Journal = {
  append: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
};

let clock: ManualClock;
let store: MemoryStore;
beforeEach(() => {
  clock = new ManualClock(1_000_000);
  store = new MemoryStore({ clock, journal: slowDisk, limits: { entries: 3 }, sweepIntervalMs: 0 });
});
afterEach(() => store.close());

const nonces = (): DurableNonceStore => new DurableNonceStore({ store, clock });

describe('nonces in a store', () => {
  test('of a hundred copies at once exactly one is the first, at any replica', async () => {
    const replicas = [nonces(), nonces()];
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => replicas[index % 2]!.putIfAbsent('a', 'v', 1_060_000)),
    );
    const kinds = outcomes.map(({ status }) => status);
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'present').length).toBeGreaterThanOrEqual(49);
  });

  test('copies at one replica learn what was stored, so that a session may go on', async () => {
    const one = nonces();
    const outcomes = await Promise.all([1, 2, 3].map(() => one.putIfAbsent('a', 'v', 1_060_000)));
    expect(outcomes).toEqual([
      { status: 'stored' },
      { status: 'present', value: 'v' },
      { status: 'present', value: 'v' },
    ]);
  });

  test('are remembered by a later instance, until their time is over', async () => {
    await nonces().putIfAbsent('a', 'v', 1_060_000);
    expect(await nonces().putIfAbsent('a', 'w', 1_060_000)).toEqual({ status: 'present', value: 'v' });
    clock.advance(60_000);
    expect(await nonces().putIfAbsent('a', 'w', 1_060_000)).toEqual({ status: 'forgotten' });
  });

  test('a clock that is set back brings nothing back', async () => {
    const one = nonces();
    await one.putIfAbsent('a', 'v', 1_010_000);
    clock.advance(20_000);
    await one.putIfAbsent('b', 'v', 1_060_000);
    clock.set(1_000_000);
    expect(await one.putIfAbsent('a', 'v', 1_010_000)).toEqual({ status: 'forgotten' });
  });

  test('at the bound new ones are refused and old ones kept', async () => {
    const one = nonces();
    for (const key of ['a', 'b', 'c']) await one.putIfAbsent(key, 'v', 1_060_000);
    expect(await one.putIfAbsent('d', 'v', 1_060_000)).toMatchObject({ status: 'full' });
    expect(await one.putIfAbsent('a', 'v', 1_060_000)).toMatchObject({ status: 'present' });
  });
});
