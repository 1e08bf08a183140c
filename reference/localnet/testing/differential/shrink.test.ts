import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawSnippet } from './snippet-source.ts';
import { shrinkList, shrinkValue } from './shrink.ts';

const run = async (fails: (list: readonly number[]) => boolean) => {
  let asked = 0;
  const smallest = await shrinkList(
    Array.from({ length: 40 }, (_, i) => i),
    (candidates) => {
      asked += 1;
      return Promise.resolve(candidates.map(fails));
    },
    20,
  );
  return { smallest, asked };
};

const hasLarge = (list: readonly number[]): boolean => list.some((n) => n >= 90);
const never = (list: readonly unknown[]) => Promise.resolve(list.map(() => false));

describe('a list', () => {
  it('is cut down to the items that make it fail', async () => {
    const { smallest, asked } = await run((list) => list.includes(7) && list.includes(31));
    expect(smallest).toEqual([7, 31]);
    expect(asked).toBeLessThan(6);
  });

  it('is cut down when items stand in for each other', async () => {
    const { smallest } = await run((list) => list.filter((n) => n % 2 === 0).length >= 3);
    expect(smallest).toHaveLength(3);
  });

  it('stays when all of it is needed', async () => {
    expect((await run((list) => list.length === 40)).smallest).toHaveLength(40);
  });
});

describe('a value', () => {
  it('is made smaller by its arbitrary', async () => {
    const numbers = fc.array(fc.nat({ max: 255 }), { maxLength: 40 });
    const smallest = await shrinkValue(
      numbers,
      [3, 200, 17, 90, 255, 4, 4, 120],
      (candidates) => Promise.resolve(candidates.map(hasLarge)),
      { rounds: 100, width: 50 },
    );
    expect(smallest).toEqual([90]);
  });

  it('stays when nothing smaller fails', async () => {
    expect(await shrinkValue(fc.nat(), 7, never, { rounds: 9, width: 9 })).toBe(7);
  });

  it('can be a function', () => {
    const [one] = fc.sample(rawSnippet, { seed: 1, numRuns: 1 });
    expect(rawSnippet.canShrinkWithoutContext(one)).toBe(true);
  });
});
