import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuantity, parseQuantity, quantityOf } from './quantity.ts';

const NANO = 1_000_000_000n;

describe('parseQuantity', () => {
  it.each([
    ['1', NANO],
    ['100m', NANO / 10n],
    ['0.5', NANO / 2n],
    ['.5', NANO / 2n],
    ['5.', 5n * NANO],
    ['1Ki', 1024n * NANO],
    ['1.5Gi', (3n * 1024n ** 3n * NANO) / 2n],
    ['2k', 2000n * NANO],
    ['1e3', 1000n * NANO],
    ['1E3', 1000n * NANO],
    ['1E', 10n ** 18n * NANO],
    ['12e-3', 12_000_000n],
    ['-1', -NANO],
    ['+1', NANO],
    ['1n', 1n],
    ['0.1n', 1n],
  ])('%s', (text, nano) => {
    expect(parseQuantity(text)).toBe(nano);
  });

  it.each(['', 'x', '1 ', '1kk', '1K', '--1', '1e', '1.2.3', '.', 'm', '1ki', '0x10', '1e9999'])(
    'refuses %j',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  it('reads what formatQuantity writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (nano) => {
        expect(parseQuantity(formatQuantity(nano))).toBe(nano);
      }),
    );
  });

  it('keeps the order of plain numbers under a common suffix', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'Mi', 'G', 'e2');
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), suffix, (left, right, unit) => {
        expect(quantityOf(`${left}${unit}`) < quantityOf(`${right}${unit}`)).toBe(left < right);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
  });
});
