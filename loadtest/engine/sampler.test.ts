import { describe, expect, it } from 'vitest';
import { usageOf } from './process-usage.ts';
import { cpuUsed, floorGrowthPerMinute, growthPerMinute, Sampler, type UsageSample } from './sampler.ts';

function samples(memory: (second: number) => number): UsageSample[] {
  return Array.from({ length: 121 }, (_, second) => ({
    second,
    cpuSeconds: second / 10,
    residentMb: memory(second),
    sockets: 3,
  }));
}

const memory = ({ residentMb }: UsageSample): number => residentMb;

describe('growth', () => {
  it('is the slope of what grows steadily, whatever garbage collection does to it', () => {
    const sawtooth = samples((second) => 100 + second / 2 + (second % 10) * 3);
    const slope = growthPerMinute(sawtooth, memory);
    expect(slope).toBeGreaterThan(25);
    expect(slope).toBeLessThan(35);
  });

  it('is none for what only warms up, or goes up and down', () => {
    expect(
      growthPerMinute(
        samples((second) => Math.min(200, 100 + second * 5)),
        memory,
      ),
    ).toBe(0);
    expect(
      Math.abs(
        growthPerMinute(
          samples((second) => 100 + (second % 7) * 5),
          memory,
        )!,
      ),
    ).toBeLessThan(2);
  });

  it('of the floor is that of a leak, not that of garbage which lies for long', () => {
    const garbage = samples((second) => 200 + (second % 50) * 1.5);
    expect(floorGrowthPerMinute(garbage, memory)).toBeLessThan(1);
    const leak = samples((second) => 200 + (second % 20) * 3 + second / 2);
    expect(floorGrowthPerMinute(leak, memory)).toBeGreaterThan(20);
    expect(floorGrowthPerMinute([], memory)).toBeUndefined();
  });

  it('is unknown without samples', () => {
    expect(growthPerMinute([], memory)).toBeUndefined();
    expect(cpuUsed([])).toBeUndefined();
    expect(cpuUsed(samples(() => 1))).toBeCloseTo(12);
  });
});

describe.runIf(process.platform === 'linux')('the sampler', () => {
  it('reads this process, and nothing of one that is not there', async () => {
    const usage = await usageOf(process.pid);
    expect(usage?.residentMb).toBeGreaterThan(10);
    expect(usage?.cpuSeconds).toBeGreaterThan(0);
    expect(await usageOf(2 ** 22 + 1)).toBeUndefined();
  });

  it('has a first and a last sample of however short a run', async () => {
    const sampler = await Sampler.start(new Map([['me', process.pid]]));
    await sampler[Symbol.asyncDispose]();
    expect(sampler.samplesOf('me').length).toBeGreaterThanOrEqual(2);
    expect(sampler.samplesOf('nobody')).toEqual([]);
  });
});
