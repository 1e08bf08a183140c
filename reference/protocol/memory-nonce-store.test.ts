import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from './clock.ts';
import { MemoryNonceStore } from './memory-nonce-store.ts';
import { MinHeap } from './min-heap.ts';

test('keeps an entry to its last millisecond and gives it back', async () => {
  const clock = new ManualClock(1000);
  const nonces = new MemoryNonceStore({ clock, capacity: 10 });
  expect(await nonces.putIfAbsent('k', 'v', 5000)).toEqual({ status: 'stored' });
  clock.set(4999);
  expect(await nonces.putIfAbsent('k', 'other', 9000)).toEqual({ status: 'present', value: 'v' });
  clock.set(5000);
  expect(await nonces.putIfAbsent('k', 'other', 9000)).toEqual({ status: 'stored' });
});

test('at its bound it refuses, says for how long, and forgets nothing', async () => {
  const clock = new ManualClock(1000);
  const nonces = new MemoryNonceStore({ clock, capacity: 2 });
  await nonces.putIfAbsent('a', '1', 4500);
  await nonces.putIfAbsent('b', '2', 9000);
  expect(await nonces.putIfAbsent('c', '3', 9000)).toEqual({ status: 'full', retryAfterSeconds: 4 });
  expect(await nonces.putIfAbsent('a', '9', 9000)).toEqual({ status: 'present', value: '1' });
  clock.set(4500);
  expect(await nonces.putIfAbsent('c', '3', 9000)).toEqual({ status: 'stored' });
  expect(nonces.size).toBe(2);
});

test('after the clock is set back, what may have been forgotten is not taken for new', async () => {
  const clock = new ManualClock(1000);
  const nonces = new MemoryNonceStore({ clock, capacity: 2 });
  await nonces.putIfAbsent('a', '1', 2000);
  clock.set(3000);
  await nonces.putIfAbsent('b', '1', 4000);
  clock.set(1500);
  expect(await nonces.putIfAbsent('a', '1', 2000)).toEqual({ status: 'forgotten' });
});

test('the heap gives everything back in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new MinHeap<number>();
      for (const number of numbers) heap.push(number, number);
      const out: number[] = [];
      for (let slot = heap.pop(); slot; slot = heap.pop()) out.push(slot.item);
      expect(out).toEqual(numbers.toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
  );
});
