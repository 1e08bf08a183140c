import { beforeAll, describe, expect, test } from 'vitest';
import { APP, Snippet } from './testing/snippets.ts';
import { parseTypeTag, typeToString } from './type-tag.ts';
import { Ref, VariantValue } from './types.ts';

const SOURCE = `
module app::m;

const WORDS: vector<vector<u8>> = vector[b"one", b"two"];

public struct Point has copy, drop, store { x: u64, y: u64 }
public struct Pair<A, B> has copy, drop, store { a: A, b: B }

public enum Shape has copy, drop, store {
    Dot,
    Circle { centre: Point, radius: u64 },
    Poly(vector<Point>),
}
public enum Maybe<T> has copy, drop { None, Some(T) }

// generics
public fun pair<A, B>(a: A, b: B): Pair<A, B> { Pair { a, b } }
public fun swap<A: copy + drop, B: drop>(p: Pair<A, B>): Pair<B, A> { let Pair { a, b } = p; pair(b, a) }
public fun nest<T: copy>(t: T): Pair<vector<T>, Pair<T, T>> { pair(vector[copy t, copy t], pair(copy t, t)) }
public fun first_field<A: copy + store, B: drop + store>(p: &Pair<A, B>): A { p.a }

// enums
public fun area(s: &Shape): u64 {
    match (s) { Shape::Dot => 0, Shape::Circle { radius, .. } => 3 * *radius * *radius, Shape::Poly(ps) => ps.length() }
}
public fun circle(radius: u64): Shape { Shape::Circle { centre: Point { x: 0, y: 0 }, radius } }
public fun inflate(s: &mut Shape) {
    match (s) {
        Shape::Circle { radius, .. } => *radius = *radius * 2,
        Shape::Poly(ps) => ps.push_back(Point { x: 1, y: 1 }),
        Shape::Dot => *s = circle(1),
    }
}
public fun get<T: drop>(m: Maybe<T>, default: T): T { match (m) { Maybe::Some(t) => t, Maybe::None => default } }
public fun some<T>(t: T): Maybe<T> { Maybe::Some(t) }
public fun shapes_equal(a: Shape, b: Shape): bool { a == b }
public fun guarded(s: Shape): u64 { match (s) { Shape::Circle { radius, .. } if (*radius > 5) => 1, _ => 2 } }

// vectors
public fun build(n: u64): vector<u64> { let mut v = vector[]; let mut i = 0; while (i < n) { v.push_back(i * i); i = i + 1 }; v }
public fun at(v: &vector<u64>, i: u64): u64 { v[i] }
public fun set(v: &mut vector<u64>, i: u64, x: u64) { *&mut v[i] = x; }
public fun pops(v: &mut vector<u64>): u64 { v.pop_back() }
public fun swaps(v: &mut vector<u64>, i: u64, j: u64) { v.swap(i, j) }
public fun words(): vector<vector<u8>> { let mut w = WORDS; w[0].push_back(33); w }
public fun nested(): vector<vector<u64>> { let mut v = vector[vector[1, 2], vector[]]; v[1].push_back(3); let w = v; v[0].pop_back(); w }
public fun discard(v: vector<u64>) { v.destroy_empty() }
public fun reversed(mut v: vector<u64>): vector<u64> { v.reverse(); v }
public fun total(v: vector<u64>): u64 { let mut sum = 0; v.do!(|x| sum = sum + x); sum }
`;

let m: Snippet;
beforeAll(async () => {
  m = await Snippet.compile(SOURCE);
});

describe('generics', () => {
  const types = ['u8', 'vector<address>'].map(parseTypeTag);

  test('results are typed by the arguments', () => {
    const [result] = m.run('swap', [[1, []]], { typeArgs: types }).returns;
    expect(typeToString(result?.type as never)).toBe(`${APP}::m::Pair<vector<address>,u8>`);
    expect(result?.value).toEqual([[], 1]);
  });

  test('nested instances', () => {
    const [result] = m.run('nest', [true], { typeArgs: [parseTypeTag('bool')] }).returns;
    expect(typeToString(result?.type as never)).toBe(
      `${APP}::m::Pair<vector<bool>,${APP}::m::Pair<bool,bool>>`,
    );
    expect(result?.value).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(m.value('first_field', [Ref.to([5, 6n])], { typeArgs: ['u8', 'u64'].map(parseTypeTag) })).toBe(5);
  });

  test('type arguments are counted and need the abilities asked for', () => {
    expect(m.failure('swap', [[1, 2]], { typeArgs: [] })).toMatchObject({ kind: 'type_mismatch' });
    const coin = parseTypeTag('0x2::coin::Coin<0x2::sui::SUI>');
    expect(m.failure('swap', [[1, 2]], { typeArgs: [coin, coin] })).toMatchObject({ kind: 'type_mismatch' });
    const unknown = parseTypeTag('0x2::coin::Nothing');
    expect(m.failure('pair', [1, 2], { typeArgs: [unknown, unknown] })).toMatchObject({ kind: 'missing' });
  });
});

const circle = (r: bigint) => new VariantValue(1, [[0n, 0n], r]);

describe('enums', () => {
  const point = [1n, 1n];

  test('match by reference', () => {
    expect(m.value('area', [Ref.to(new VariantValue(0, []))])).toBe(0n);
    expect(m.value('area', [Ref.to(new VariantValue(1, [point, 2n]))])).toBe(12n);
    expect(m.value('area', [Ref.to(new VariantValue(2, [[point, point]]))])).toBe(2n);
  });

  test('match by mutable reference, and a change of variant', () => {
    const cell = Ref.to(new VariantValue(0, []));
    m.run('inflate', [cell]);
    expect(cell.get()).toEqual(new VariantValue(1, [[0n, 0n], 1n]));
    m.run('inflate', [cell]);
    expect(cell.get()).toEqual(new VariantValue(1, [[0n, 0n], 2n]));
    const poly = Ref.to(new VariantValue(2, [[]]));
    m.run('inflate', [poly]);
    expect(poly.get()).toEqual(new VariantValue(2, [[point]]));
  });

  test('generic enums by value', () => {
    const typeArgs = [parseTypeTag('u16')];
    expect(m.value('some', [7], { typeArgs })).toEqual(new VariantValue(1, [7]));
    expect(m.value('get', [new VariantValue(1, [7]), 1], { typeArgs })).toBe(7);
    expect(m.value('get', [new VariantValue(0, []), 1], { typeArgs })).toBe(1);
  });

  test('equality looks at the variant and its fields', () => {
    expect(m.value('shapes_equal', [circle(1n), circle(1n)])).toBe(true);
    expect(m.value('shapes_equal', [circle(1n), circle(2n)])).toBe(false);
    expect(m.value('shapes_equal', [circle(1n), new VariantValue(0, [])])).toBe(false);
    expect(m.value('guarded', [circle(6n)])).toBe(1n);
    expect(m.value('guarded', [circle(5n)])).toBe(2n);
  });
});

describe('vectors', () => {
  test('push, index, write, pop, swap', () => {
    expect(m.value('build', [5n])).toEqual([0n, 1n, 4n, 9n, 16n]);
    expect(m.value('at', [Ref.to([5n, 6n]), 1n])).toBe(6n);
    const cell = Ref.to([1n, 2n, 3n]);
    m.run('set', [cell, 0n, 9n]);
    m.run('swaps', [cell, 0n, 2n]);
    expect(m.value('pops', [cell])).toBe(9n);
    expect(cell.get()).toEqual([3n, 2n]);
    expect(m.value('reversed', [[1n, 2n, 3n]])).toEqual([3n, 2n, 1n]);
    expect(m.value('total', [[1n, 2n, 3n]])).toBe(6n);
  });

  test('out of bounds', () => {
    expect(m.failure('at', [Ref.to([5n]), 1n])).toMatchObject({ kind: 'vector_bounds' });
    expect(m.failure('at', [Ref.to([5n]), (1n << 64n) - 1n])).toMatchObject({ kind: 'vector_bounds' });
    expect(m.failure('pops', [Ref.to([])])).toMatchObject({ kind: 'vector_bounds' });
    expect(m.failure('swaps', [Ref.to([1n]), 0n, 1n])).toMatchObject({ kind: 'vector_bounds' });
    expect(m.failure('discard', [[1n]])).toMatchObject({
      kind: 'vector_bounds',
      location: { function: 'discard' },
    });
    expect(m.run('discard', [[]]).returns).toEqual([]);
  });

  test('a constant is fresh at every use', () => {
    const wanted = [[...Buffer.from('one!')], [...Buffer.from('two')]];
    expect(m.value('words')).toEqual(wanted);
    expect(m.value('words')).toEqual(wanted);
    expect(m.value('nested')).toEqual([[1n, 2n], [3n]]);
  });
});
