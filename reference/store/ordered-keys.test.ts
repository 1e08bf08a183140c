import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedKeys, prefixEnd } from './ordered-keys.ts';

test('agrees with a sorted set, also with many keys', () => {
  const key = fc.integer({ min: 0, max: 3000 }).map((n) => `/k/${n}`);
  const step = fc.tuple(fc.boolean(), key);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: 'max' }), key, (steps, bound) => {
      const keys = new OrderedKeys();
      const model = new Set<string>();
      for (const [add, each] of steps) {
        if (add) {
          keys.add(each);
          model.add(each);
        } else {
          keys.delete(each);
          model.delete(each);
        }
      }
      const sorted = [...model].toSorted();
      expect([...keys.from('')]).toEqual(sorted);
      expect([...keys.from(bound)]).toEqual(sorted.filter((each) => each >= bound));
      expect(keys.countBelow(bound)).toBe(sorted.filter((each) => each < bound).length);
      expect(keys.size).toBe(model.size);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['/a/', '/a0'],
  ['a\uffff', 'b'],
  ['', undefined],
  ['\uffff', undefined],
])('prefix %j ends before %j', (prefix, end) => {
  expect(prefixEnd(prefix)).toBe(end);
});
