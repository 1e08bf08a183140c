import { expect, test } from 'vitest';
import { GasBook } from './gas.ts';

const used = { computationCost: '1000000', storageCost: '3000000', storageRebate: '1000000' };

test('a budget learnt still suffices when the price of gas doubles', () => {
  const book = new GasBook();
  book.learn(['execute'], used);
  const budget = book.budgetFor(['execute']) ?? 0n;
  expect(budget).toBeGreaterThanOrEqual(4_000_000n);
  expect(budget).toBeLessThan(10n * 3_000_000n);
});

test('a kind never executed has no budget', () => {
  expect(new GasBook().budgetFor(['execute'])).toBeUndefined();
});
