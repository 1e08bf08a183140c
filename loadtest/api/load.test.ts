import { describe, expect, it } from 'vitest';
import { figuresOf, percentile } from './load.ts';

describe('figures', () => {
  it('percentiles are of the nearest rank', () => {
    const times = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(times, 0.5), percentile(times, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('only successes have times and count as throughput', () => {
    expect(figuresOf([3, 1, 2], 2, 1000)).toEqual({
      requests: 5,
      failed: 2,
      p50_ms: 2,
      p99_ms: 3,
      per_second: 3,
    });
  });
});
