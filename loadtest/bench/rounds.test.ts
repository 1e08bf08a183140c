import { describe, expect, it } from 'vitest';
import { compare, interleave, spreadOf } from './rounds.ts';

describe('rounds', () => {
  it('have a median and a spread', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, rounds: [3, 1, 2] });
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
  });

  it('are compared one by one: weather that both had drops out', () => {
    const { ratio } = compare([10, 100], [5, 50]);
    expect(ratio).toMatchObject({ median: 2, lowest: 2, highest: 2 });
    expect(() => compare([1], [])).toThrow('0 of the peer');
  });

  it('take turns, and throw the first away', async () => {
    const order: string[] = [];
    const side = (name: string) => async (): Promise<number> => {
      await Promise.resolve();
      return order.push(name);
    };
    const results = await interleave(2, side('r'), side('p'));
    expect(order).toEqual(['r', 'p', 'r', 'p', 'p', 'r']);
    expect(results).toEqual({ reference: [3, 6], peer: [4, 5] });
  });
});
