import { describe, expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

describe('latencies', () => {
  it('gives percentiles to three digits', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1000; ms += 1) latencies.record(ms);
    for (const [share, ms] of [
      [0.5, 500],
      [0.99, 990],
      [1, 1000],
    ] as const) {
      expect(Math.abs(latencies.percentile(share)! - ms)).toBeLessThan(ms * 0.002);
    }
    expect(latencies.max).toBeGreaterThan(999);
  });

  it('counts failures as slower than everything', () => {
    const latencies = new Latencies();
    for (let count = 0; count < 98; count += 1) latencies.record(1);
    latencies.fail(2);
    expect(latencies.percentile(0.98)).toBeCloseTo(1, 2);
    expect(latencies.percentile(0.99)).toBeNull();
  });

  it('has nothing to say of nothing', () => {
    const latencies = new Latencies();
    expect([latencies.percentile(0.5), latencies.max]).toEqual([null, null]);
  });
});
