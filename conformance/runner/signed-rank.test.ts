import { expect, test } from 'vitest';
import { ONE_IN_A_MILLION, shiftOf, signedRank } from './signed-rank.ts';

const PAIRS = 150;
const SEED = 20_261_121;

/** Numbers from 0 to 1 (Mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Answer times in ms as on a busy machine: log-normal around 3, each tenth up to 60 later. */
function times(random: () => number): () => number {
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 3 * Math.exp(0.4 * normal) + (random() < 0.1 ? 60 * random() : 0);
  };
}

/** Differences of pairs whose second side takes `shift` ms longer. */
function pairs(random: () => number, shift: number): number[] {
  const time = times(random);
  return Array.from({ length: PAIRS }, () => time() + shift - time());
}

test('ranks counted by hand', () => {
  // Ranks 1, 2.5, 2.5, 4 of 1, 2, 2, 4: the positive ones sum up to 7.5, of 5 to be expected.
  const { pairs: n, z } = signedRank([4, 2, 0, -2, 1]);
  expect(n).toBe(4);
  expect(z).toBeCloseTo(2.5 / Math.sqrt(7.5 - 0.125), 10);
});

test('spread and shift counted by hand', () => {
  // Deviations from the median 3 are 2, 1, 0, 1, 37; their median is 1.
  const { detectable } = signedRank([1, 2, 3, 4, 40]);
  expect(detectable).toBeCloseTo(((4.892 + 2.326) * 1.4826) / Math.sqrt(0.955 * 5), 10);
  expect(shiftOf([1, 2, 6])).toBe(2.75);
  expect(shiftOf([2, 4])).toBe(3);
});

test('one side always larger is the largest statistic', () => {
  expect(signedRank([1, 2, 3, 4, 5, 6]).z).toBeCloseTo((21 - 10.5) / Math.sqrt(22.75), 10);
});

test('no pairs, no verdict', () => {
  expect(signedRank([])).toMatchObject({ pairs: 0, z: 0 });
});

test(`of 2000 measurements without a difference none is taken for one (seed ${SEED})`, () => {
  const random = uniform(SEED);
  const found = Array.from({ length: 2_000 }, () => Math.abs(signedRank(pairs(random, 0)).z));
  expect(Math.max(...found)).toBeLessThan(ONE_IN_A_MILLION);
});

test(`a difference of 2.5 ms under that noise is seen in 99 of 100 measurements (seed ${SEED})`, () => {
  const random = uniform(SEED);
  const found = Array.from({ length: 400 }, () => signedRank(pairs(random, 2.5)));
  expect(found.filter(({ z }) => z > ONE_IN_A_MILLION).length).toBeGreaterThanOrEqual(396);
  expect(Math.max(...found.map(({ detectable }) => detectable))).toBeLessThan(2.5);
  expect(shiftOf(pairs(random, 2.5))).toBeCloseTo(2.5, 0);
});
