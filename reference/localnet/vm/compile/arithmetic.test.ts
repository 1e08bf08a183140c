import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ArithmeticOperator, IntegerKind, OrderOperator } from '../ir.ts';
import { Snippet } from '../testing/snippets.ts';
import type { Value } from '../types.ts';
import { BITS, isWide } from './arithmetic.ts';

const KINDS = Object.keys(BITS) as IntegerKind[];
const SYMBOLS: { readonly [O in ArithmeticOperator | OrderOperator]: string } = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  and: '&',
  or: '|',
  xor: '^',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
};
const ORDERS = ['lt', 'gt', 'le', 'ge'] as const;
const ARITHMETIC = ['add', 'sub', 'mul', 'div', 'mod', 'and', 'or', 'xor'] as const;

function source(): string {
  const functions = KINDS.flatMap((kind) => [
    ...ARITHMETIC.map(
      (op) => `public fun ${op}_${kind}(a: ${kind}, b: ${kind}): ${kind} { a ${SYMBOLS[op]} b }`,
    ),
    ...ORDERS.map((op) => `public fun ${op}_${kind}(a: ${kind}, b: ${kind}): bool { a ${SYMBOLS[op]} b }`),
    `public fun eq_${kind}(a: ${kind}, b: ${kind}): bool { a == b }`,
    `public fun ne_${kind}(a: ${kind}, b: ${kind}): bool { a != b }`,
    `public fun shl_${kind}(a: ${kind}, b: u8): ${kind} { a << b }`,
    `public fun shr_${kind}(a: ${kind}, b: u8): ${kind} { a >> b }`,
    ...KINDS.map((to) => `public fun ${kind}_to_${to}(a: ${kind}): ${to} { a as ${to} }`),
    `public fun max_${kind}(): ${kind} { ${(1n << BigInt(BITS[kind])) - 1n} }`,
  ]);
  return `module app::m;\n${functions.join('\n')}`;
}

let snippet: Snippet;
beforeAll(async () => {
  snippet = await Snippet.compile(source());
});

const limit = (kind: IntegerKind): bigint => 1n << BigInt(BITS[kind]);
const value = (kind: IntegerKind, n: bigint): Value => (isWide(kind) ? n : Number(n));

/** Operands that are often near the edges and often small. */
function operand(kind: IntegerKind): fc.Arbitrary<bigint> {
  const max = limit(kind) - 1n;
  return fc.oneof(
    fc.bigInt({ min: 0n, max }),
    fc.bigInt({ min: 0n, max: 4n }),
    fc.bigInt({ min: max - 3n, max }),
    fc.bigInt({ min: 0n, max: 1n << BigInt(BITS[kind] / 2) }),
  );
}

/** The exact result, which may lie outside the type; undefined for a division by zero. */
function exact(op: ArithmeticOperator, a: bigint, b: bigint): bigint | undefined {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? undefined : a / b;
    case 'mod':
      return b === 0n ? undefined : a % b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
  }
}

function outcome(name: string, args: readonly Value[]): Value | undefined | 'arithmetic' {
  try {
    return snippet.value(name, args);
  } catch (error) {
    if ((error as { kind?: string }).kind === 'arithmetic') return 'arithmetic';
    throw error;
  }
}

function expected(kind: IntegerKind, result: bigint | undefined): Value {
  return result === undefined || result < 0n || result >= limit(kind) ? 'arithmetic' : value(kind, result);
}

describe.each(KINDS)('%s', (kind) => {
  const pairs = fc.tuple(operand(kind), operand(kind));

  test.each(ARITHMETIC)('%s agrees with exact integers or fails', (op) => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const got = outcome(`${op}_${kind}`, [value(kind, a), value(kind, b)]);
        expect(got).toBe(expected(kind, exact(op, a, b)));
      }),
      { numRuns: 60 },
    );
  });

  test('comparisons agree with exact integers', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const args = [value(kind, a), value(kind, b)];
        const got = ['lt', 'gt', 'le', 'ge', 'eq', 'ne'].map((op) => snippet.value(`${op}_${kind}`, args));
        expect(got).toEqual([a < b, a > b, a <= b, a >= b, a === b, a !== b]);
      }),
      { numRuns: 60 },
    );
  });

  test('shifts drop bits and fail from the width on', () => {
    fc.assert(
      fc.property(operand(kind), fc.integer({ min: 0, max: 255 }), (a, count) => {
        const left = outcome(`shl_${kind}`, [value(kind, a), count]);
        const right = outcome(`shr_${kind}`, [value(kind, a), count]);
        const valid = count < BITS[kind];
        expect(left).toBe(valid ? value(kind, (a << BigInt(count)) % limit(kind)) : 'arithmetic');
        expect(right).toBe(valid ? value(kind, a >> BigInt(count)) : 'arithmetic');
      }),
      { numRuns: 100 },
    );
  });

  test.each(KINDS)('casts to %s keep the value or fail', (to) => {
    fc.assert(
      fc.property(
        fc.oneof(
          operand(kind),
          operand(to).map((n) => n % limit(kind)),
        ),
        (a) => {
          expect(outcome(`${kind}_to_${to}`, [value(kind, a)])).toBe(expected(to, a));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('the largest literal', () => {
    expect(snippet.value(`max_${kind}`)).toBe(value(kind, limit(kind) - 1n));
  });
});
