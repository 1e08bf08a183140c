import { describe, expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { MemoryStore, StoreClosedError } from './memory-store.ts';
import { bytes, START_MS, take, textOf } from './testing/fixtures.ts';
import { CompactedError, ConflictError, StoreFullError } from './types.ts';

async function filled(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const key of ['/p/c', '/p/a', '/q/a', '/p/b', '/p', '/p0']) await store.put(key, bytes(key));
  return store;
}

describe('writes', () => {
  test('move the revision by one and remember when the entry was created', async () => {
    const store = new MemoryStore();
    await store.put('/a', bytes('1'));
    await store.put('/b', bytes('2'));
    expect(await store.put('/a', bytes('3'))).toEqual({
      key: '/a',
      value: bytes('3'),
      revision: 3,
      created: 1,
    });
    expect(await store.delete('/a')).toMatchObject({ revision: 3 });
    expect(await store.delete('/a')).toBeUndefined();
    expect(await store.put('/a', bytes('4'))).toMatchObject({ revision: 5, created: 5 });
    expect(store.revision).toBe(5);
  });

  test.each([
    [0, 1],
    [2, 1],
  ])('that expect revision %i do not pass over revision %i', async (expected, actual) => {
    const store = new MemoryStore();
    await store.put('/a', bytes('1'));
    await expect(store.put('/a', bytes('2'), { expected })).rejects.toMatchObject({
      name: 'ConflictError',
      actual,
    });
    await expect(store.delete('/a', { expected })).rejects.toThrow(ConflictError);
    expect(textOf(await store.get('/a'))).toBe('1');
    expect(store.revision).toBe(1);
  });

  test('of two that expect the same revision at once, one passes', async () => {
    const store = new MemoryStore();
    await store.put('/a', bytes('0'));
    const both = [1, 2].map((n) => store.put('/a', bytes(String(n)), { expected: 1 }));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('do not share their bytes with the caller', async () => {
    const store = new MemoryStore();
    const value = bytes('abc');
    await store.put('/a', value);
    value.fill(0);
    expect(textOf(await store.get('/a'))).toBe('abc');
  });
});

describe('bounds', () => {
  test('on entries: a new one is refused, an old one can be written and deleted, nothing is evicted', async () => {
    const store = new MemoryStore({ limits: { entries: 2 } });
    await store.put('/a', bytes('1'));
    await store.put('/b', bytes('1'));
    await expect(store.put('/c', bytes('1'))).rejects.toThrow(StoreFullError);
    await store.put('/a', bytes('2'));
    expect((await store.list('/')).entries.map(textOf)).toEqual(['2', '1']);
    await store.delete('/b');
    await store.put('/c', bytes('1'));
  });

  test('on bytes: growth is refused, shrinking is not', async () => {
    const store = new MemoryStore({ limits: { bytes: 20 } });
    await store.put('/a', bytes('x'.repeat(18)));
    await expect(store.put('/a', bytes('x'.repeat(19)))).rejects.toThrow(StoreFullError);
    await store.put('/a', bytes('x'.repeat(10)));
    await expect(store.put('/bcd', bytes('x'.repeat(5)))).rejects.toThrow(StoreFullError);
    expect(store.usage).toEqual({ entries: 1, bytes: 12, watches: 0 });
  });
});

describe('lists', () => {
  test('are in key order and under the prefix only', async () => {
    const { entries, revision, more, remaining } = await (await filled()).list('/p/');
    expect(entries.map(({ key }) => key)).toEqual(['/p/a', '/p/b', '/p/c']);
    expect({ revision, more, remaining }).toEqual({ revision: 6, more: false, remaining: 0 });
  });

  test('come in pages that share a revision, whatever is written between', async () => {
    const store = await filled();
    const first = await store.list('/p/', { limit: 1 });
    expect(first).toMatchObject({ more: true, remaining: 2 });
    await store.delete('/p/b');
    await store.put('/p/bb', bytes('new'));
    await store.put('/p/c', bytes('changed'));
    const options = { limit: 2, after: '/p/a', revision: first.revision };
    const second = await store.list('/p/', options);
    expect(second.entries.map(textOf)).toEqual(['/p/b', '/p/c']);
    expect(second).toMatchObject({ revision: 6, more: false, remaining: 0 });
  });

  test('of a revision that is gone or yet to come are refused', async () => {
    const store = new MemoryStore({ history: { changes: 2 } });
    for (let i = 0; i < 5; i++) await store.put('/a', bytes(String(i)));
    expect((await store.list('/', { revision: 3 })).entries.map(textOf)).toEqual(['2']);
    await expect(store.list('/', { revision: 2 })).rejects.toMatchObject({
      name: 'CompactedError',
      oldest: 3,
    });
    await expect(store.list('/', { revision: 6 })).rejects.toThrow(RangeError);
  });

  test('history is bounded by bytes too', async () => {
    const store = new MemoryStore({ history: { bytes: 100 } });
    for (let i = 0; i < 5; i++) await store.put('/a', new Uint8Array(60));
    await expect(store.list('/', { revision: 3 })).rejects.toThrow(CompactedError);
  });
});

describe('watches', () => {
  test('see past and future changes under the prefix, in order and once', async () => {
    const store = new MemoryStore();
    await store.put('/p/a', bytes('1'));
    const watching = take(store.watch('/p/', 0, AbortSignal.timeout(5000)), 4);
    await store.put('/q/a', bytes('1'));
    await store.put('/p/b', bytes('1'));
    await new Promise(setImmediate);
    await store.delete('/p/a');
    await store.put('/q/a', bytes('1'));
    await store.put('/p/b', bytes('2'));
    expect(await watching).toEqual(['+/p/a@1', '+/p/b@3', '-/p/a@4', '+/p/b@6']);
    expect(store.usage.watches).toBe(0);
  });

  test('tell what was there before', async () => {
    const store = new MemoryStore();
    await store.put('/a', bytes('1'));
    await store.put('/a', bytes('2'));
    const watch = store.watch('/', 1, AbortSignal.timeout(5000))[Symbol.asyncIterator]();
    const { value } = await watch.next();
    expect(value).toMatchObject({ type: 'put', previous: { revision: 1 } });
    await watch.return?.();
  });

  test('that wait on a quiet prefix are not left behind by busy ones', async () => {
    const store = new MemoryStore({ history: { changes: 3 } });
    const watching = take(store.watch('/quiet/', 0, AbortSignal.timeout(5000)), 1);
    for (let i = 0; i < 50; i++) await store.put('/busy', bytes(String(i)));
    await store.put('/quiet/a', bytes('1'));
    expect(await watching).toEqual(['+/quiet/a@51']);
  });

  test('that fall behind the history end with CompactedError and hold nobody up', async () => {
    const store = new MemoryStore({ history: { changes: 3 } });
    const slow = store.watch('/', 0, AbortSignal.timeout(5000))[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) await store.put('/a', bytes(String(i)));
    await expect(slow.next()).rejects.toMatchObject({ name: 'CompactedError', oldest: 2 });
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    expect(store.usage.watches).toBe(0);
  });

  test('may begin at a revision that is yet to come', async () => {
    const store = new MemoryStore();
    const watching = take(store.watch('/', 2, AbortSignal.timeout(5000)), 1);
    for (let i = 0; i < 3; i++) await store.put('/a', bytes(String(i)));
    expect(await watching).toEqual(['+/a@3']);
  });

  test('end when they are aborted, before, during and after waiting', async () => {
    const store = new MemoryStore();
    const stop = new AbortController();
    const watching = take(store.watch('/', 0, stop.signal), 9);
    await store.put('/a', bytes('1'));
    stop.abort();
    expect(await watching).toEqual(['+/a@1']);
    expect(await take(store.watch('/', 0, stop.signal), 9)).toEqual([]);
  });

  test('end when the store is closed', async () => {
    const store = new MemoryStore();
    const watching = take(store.watch('/', 0, AbortSignal.timeout(5000)), 9);
    await store.close();
    expect(await watching).toEqual([]);
    expect(await take(store.watch('/', 0, AbortSignal.timeout(5000)), 9)).toEqual([]);
    await expect(store.put('/a', bytes('1'))).rejects.toThrow(StoreClosedError);
  });
});

describe('entries with a time to live', () => {
  test('leave by a delete that watches see', async () => {
    const clock = new ManualClock(START_MS);
    const store = new MemoryStore({ clock, sweepIntervalMs: 0 });
    await store.put('/lease', bytes('1'), { ttlSeconds: 10 });
    const watching = take(store.watch('/', 1, AbortSignal.timeout(5000)), 1);
    clock.advance(9999);
    expect(await store.get('/lease')).toBeDefined();
    clock.advance(1);
    store.expireDue();
    expect(await watching).toEqual(['-/lease@2']);
    expect(await store.get('/lease')).toBeUndefined();
  });

  test('live by the time of their last write, or for good', async () => {
    const clock = new ManualClock(START_MS);
    const store = new MemoryStore({ clock, sweepIntervalMs: 0 });
    await store.put('/renewed', bytes('1'), { ttlSeconds: 10 });
    await store.put('/kept', bytes('1'), { ttlSeconds: 10 });
    clock.advance(8000);
    await store.put('/renewed', bytes('2'), { ttlSeconds: 10 });
    await store.put('/kept', bytes('2'));
    clock.advance(8000);
    expect((await store.list('/')).entries.map(({ key }) => key)).toEqual(['/kept', '/renewed']);
    clock.advance(2000);
    expect((await store.list('/')).entries.map(({ key }) => key)).toEqual(['/kept']);
  });

  test('make room when they leave', async () => {
    const clock = new ManualClock(START_MS);
    const store = new MemoryStore({ clock, limits: { entries: 1 }, sweepIntervalMs: 0 });
    await store.put('/lease', bytes('1'), { ttlSeconds: 1 });
    clock.advance(1000);
    await store.put('/other', bytes('1'));
  });

  test('leave by the timer, too', async () => {
    const clock = new ManualClock(START_MS);
    const store = new MemoryStore({ clock, sweepIntervalMs: 1 });
    await store.put('/lease', bytes('1'), { ttlSeconds: 1 });
    const watching = take(store.watch('/', 1, AbortSignal.timeout(5000)), 1);
    clock.advance(1000);
    expect(await watching).toEqual(['-/lease@2']);
    await store.close();
  });
});

test('a policy may be lax, which is what the store is not', async () => {
  const store = new MemoryStore({
    limits: { entries: 1 },
    policy: { expectedFits: () => true, victim: (state) => state.records().next().value?.key },
  });
  await store.put('/a', bytes('1'));
  await store.put('/a', bytes('2'), { expected: 7 });
  await store.put('/b', bytes('1'));
  expect((await store.list('/')).entries.map(({ key }) => key)).toEqual(['/b']);
});
