import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOOK_EVERY_MS, shrinkWhenIdle } from './idle-memory.ts';

const pass = (looks: number): void => void vi.advanceTimersByTime(looks * LOOK_EVERY_MS);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('memory is given back once after each burst of work, and never within one', () => {
  let share = 0.9;
  const collect = vi.fn<() => void>();
  const timer = shrinkWhenIdle(() => share, collect);
  pass(5);
  expect(collect).not.toHaveBeenCalled();
  share = 0.001;
  pass(5);
  expect(collect).toHaveBeenCalledTimes(1);
  share = 0.03;
  pass(5);
  expect(collect).toHaveBeenCalledTimes(1);
  share = 0;
  pass(5);
  expect(collect).toHaveBeenCalledTimes(2);
  clearInterval(timer);
});

test('its own work does not count, and what it collects is garbage indeed', () => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let garbage: unknown[] | undefined = Array.from({ length: 1_000_000 }, () => ({}));
  const before = process.memoryUsage().heapUsed;
  const shares = [0, 1, 0, 0, 0];
  const share = vi.fn<() => number>(() => shares.shift() ?? 0);
  const timer = shrinkWhenIdle(share);
  expect(garbage).toHaveLength(1_000_000);
  garbage = undefined;
  pass(3);
  // One look found it idle, and what the collection itself took was asked for and let pass.
  expect(share).toHaveBeenCalledTimes(4);
  expect(before - process.memoryUsage().heapUsed).toBeGreaterThan(10_000_000);
  clearInterval(timer);
});
