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

test('what calls need together tells nothing of what one needs alone', () => {
  const book = new GasBook();
  const shared = { ...used, computationCost: '4000000' };
  book.learn(
    Array.from({ length: 8 }, () => 'execute'),
    shared,
  );
  expect(book.budgetFor(['execute', 'execute'])).toBeGreaterThan(0n);
  expect(book.budgetFor(['execute'])).toBeUndefined();
  book.learn(['execute'], used);
  const alone = book.budgetFor(['execute']) ?? 0n;
  for (let i = 0; i < 50; i++)
    book.learn(
      Array.from({ length: 8 }, () => 'execute'),
      shared,
    );
  expect(book.budgetFor(['execute'])).toBe(alone);
});
