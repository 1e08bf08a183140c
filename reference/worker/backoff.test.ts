import { describe, expect, test } from 'vitest';
import { Backoff, parseRetryAfter } from './backoff.ts';

describe('Backoff', () => {
  test('doubles up to the bound and keeps the jitter inside the upper half', () => {
    const low = new Backoff({ baseMs: 100, maxMs: 1000, random: () => 0 });
    expect([1, 2, 3, 4, 5, 6].map(() => low.next())).toEqual([50, 100, 200, 400, 500, 500]);
    const high = new Backoff({ baseMs: 100, maxMs: 1000, random: () => 0.999999 });
    expect(Math.round(high.next())).toBe(100);
  });

  test('starts again after a success', () => {
    const backoff = new Backoff({ baseMs: 100, maxMs: 1000, random: () => 0 });
    backoff.next();
    backoff.next();
    expect(backoff.failures).toBe(2);
    backoff.reset();
    expect(backoff.failures).toBe(0);
    expect(backoff.next()).toBe(50);
  });

  test('never undercuts Retry-After', () => {
    const backoff = new Backoff({ baseMs: 100, maxMs: 1000, random: () => 0 });
    expect(backoff.next(7)).toBe(7000);
    expect(backoff.next(0)).toBe(100);
  });
});

describe('parseRetryAfter', () => {
  test('reads seconds and dates', () => {
    expect(parseRetryAfter('12', 0)).toBe(12);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4_500)).toBe(6);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:01 GMT', 4_500)).toBe(0);
  });

  test('ignores what it cannot read', () => {
    expect(parseRetryAfter(undefined, 0)).toBeUndefined();
    expect(parseRetryAfter('soon', 0)).toBeUndefined();
    expect(parseRetryAfter('-1', 0)).not.toBe(-1);
  });
});
