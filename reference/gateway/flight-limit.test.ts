import { expect, test } from 'vitest';
import { FlightLimit } from './flight-limit.ts';

function setup() {
  const clock = { ms: 0 };
  const limit = new FlightLimit({ most: 100, least: 10, slowMs: 1_000, now: () => clock.ms });
  /** As many flights as fit, all of them taking so long, or so long for each of them; how many there were. */
  const round = (ms: number, msEach = 0): number => {
    const ends: (() => void)[] = [];
    for (let end = limit.enter(); end !== undefined; end = limit.enter()) ends.push(end);
    clock.ms += ms + msEach * ends.length;
    for (const end of ends) end();
    clock.ms += 1;
    return ends.length;
  };
  return { clock, limit, round };
}

test('slow flights lower the limit once a round, down to the least', () => {
  const { round } = setup();
  expect([round(1_001), round(1_001), round(1_001)]).toEqual([100, 70, 49]);
  for (let i = 0; i < 20; i++) round(5_000);
  expect(round(5_000)).toBe(10);
});

test('few slow flights are not slow because of each other', () => {
  const { clock, limit, round } = setup();
  for (let i = 0; i < 5; i++) {
    const ends = Array.from({ length: 10 }, () => limit.enter());
    clock.ms += 60_000;
    for (const end of ends) end?.();
  }
  expect(round(0)).toBe(100);
});

test('quick flights raise it again, up to the most', () => {
  const { round } = setup();
  for (let i = 0; i < 20; i++) round(1_001);
  expect(round(999)).toBe(10);
  const next = round(999);
  expect(next).toBeGreaterThan(14);
  expect(next).toBeLessThanOrEqual(18);
  for (let i = 0; i < 20; i++) round(999);
  expect(round(999)).toBe(100);
});

test('settles where flights take as long as they may: a server of 50 a second, slow from 1 s on', () => {
  const { round } = setup();
  const rounds = Array.from({ length: 60 }, () => round(0, 20));
  for (const flights of rounds.slice(10)) {
    expect(flights).toBeGreaterThan(30);
    expect(flights).toBeLessThan(62);
  }
});
