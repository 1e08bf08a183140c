import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../conformance/target/bundled.ts';
import { benchHeartbeats } from './bench.ts';
import { beatSchedule } from './schedule.ts';
import { faultsOf, renderRun, type HeartbeatRun } from './verdict.ts';

const MB = 1_000_000;

function goodRun(more: Partial<HeartbeatRun> = {}): HeartbeatRun {
  return {
    workers: 2,
    intervalMs: 30_000,
    durationMs: 180_000,
    sent: 12,
    misses: [],
    latencyMs: { p50: 1, p99: 2, max: 3 },
    memory: [10, 40, 100, 170].map((seconds) => ({ atMs: seconds * 1000, bytes: 100 * MB })),
    ready: 2,
    ...more,
  };
}

describe('the schedule', () => {
  it('lets each worker beat once an interval and spreads them evenly', () => {
    const sizes = fc.record({
      workers: fc.integer({ min: 1, max: 50 }),
      rounds: fc.integer({ min: 1, max: 5 }),
      intervalMs: fc.constantFrom(1_000, 7_000, 30_000),
    });
    fc.assert(
      fc.property(sizes, ({ workers, rounds, intervalMs }) => {
        const beats = beatSchedule(workers, intervalMs, rounds * intervalMs);
        expect(beats).toHaveLength(workers * rounds);
        expect(beats.map(({ dueMs }) => dueMs)).toEqual(
          beats.map(({ dueMs }) => dueMs).toSorted((a, b) => a - b),
        );
        for (const [index, beat] of beats.entries()) {
          expect(beat.dueMs).toBeCloseTo((index * intervalMs) / workers, 3);
        }
      }),
    );
  });
});

describe('the verdict', () => {
  it('on a run without a fault is that it held', () => {
    expect(faultsOf(goodRun())).toEqual([]);
    expect(renderRun(goodRun())).toContain('HELD: no miss, memory flat');
  });

  it.each<[string, Partial<HeartbeatRun>, RegExp]>([
    ['a miss', { misses: [{ worker: 'w-1', atMs: 1_000, reason: '503' }] }, /1 of 12 heartbeats were missed/],
    ['a node that is not Ready', { ready: 1 }, /1 of 2 nodes are Ready/],
    [
      'memory that grows',
      { memory: [40, 170].map((seconds) => ({ atMs: seconds * 1000, bytes: seconds * MB * 2 })) },
      /the master grew from 80\.0 MB to 340\.0 MB/,
    ],
  ])('on %s is that it did not', (_, more, words) => {
    expect(faultsOf(goodRun(more)).join()).toMatch(words);
    expect(renderRun(goodRun(more))).toContain('NOT HELD');
  });

  it('leaves out the growth while workers come for the first time', () => {
    const memory = [{ atMs: 1, bytes: 10 * MB }, ...goodRun().memory.slice(1)];
    expect(faultsOf(goodRun({ memory }))).toEqual([]);
  });
});

it('a few workers beat against the bundled master', async () => {
  const options = { workers: 4, durationMs: 4_000, intervalMs: 2_000, step: () => undefined };
  const target = await loadBundled();
  const run = await benchHeartbeats({ ...options, target, signal: new AbortController().signal });
  expect(run).toMatchObject({ sent: 8, misses: [], ready: 4 });
  expect(run.latencyMs.p99).toBeGreaterThan(0);
}, 90_000);
