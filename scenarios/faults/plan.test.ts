import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, faultPlan, type Fault, type Site } from './plan.ts';
import { seededRandom } from '../../conformance/history/random.ts';

const SITES: Site[] = FAULT_KINDS.flatMap((kind) => ['a', 'b'].map((on) => ({ kind, on })));

function firstOf(seed: number, count: number): Fault[] {
  const plan = faultPlan(seededRandom(seed), SITES);
  return Array.from({ length: count }, () => plan.next().value);
}

const key = ({ kind, on }: Site): string => `${kind} ${on}`;

describe('a plan', () => {
  it('is the same for the same seed and another for another', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(firstOf(seed, 30)).toEqual(firstOf(seed, 30));
        expect(firstOf(seed, 30)).not.toEqual(firstOf(seed + 1, 30));
      }),
      { numRuns: 50 },
    );
  });

  it('brings each site once before one comes again', () => {
    const round = firstOf(1, SITES.length).map(key);
    expect(round.toSorted()).toEqual(SITES.map(key).toSorted());
  });

  it('needs a site', () => {
    expect(() => faultPlan(seededRandom(1), []).next()).toThrow('at least one site');
  });
});

describe('random numbers', () => {
  it('stay in their bounds and reach both ends', () => {
    const random = seededRandom(5);
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...drawn].toSorted()).toEqual([3, 4, 5, 6]);
  });

  it('of a fork do not depend on what was drawn before', () => {
    const [fresh, used] = [seededRandom(9), seededRandom(9)];
    for (let times = 0; times < 10; times += 1) used.next();
    expect(used.fork('x').next()).toBe(fresh.fork('x').next());
    expect(fresh.fork('x').next()).not.toBe(fresh.fork('y').next());
  });
});
