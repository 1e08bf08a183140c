import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress } from './address.ts';
import { MoveAbort, VmError } from './errors.ts';
import { GasMeter } from './gas.ts';
import { createSession } from './session.ts';
import { TestWorld } from './testing/world.ts';
import { APP, Snippet } from './testing/snippets.ts';
import { parseTypeTag, typeToString } from './type-tag.ts';
import { Ref, VariantValue } from './types.ts';

const SOURCE = `
module app::m;

use app::other;

const ENope: u64 = 77;
const WORDS: vector<vector<u8>> = vector[b"one", b"two"];

public struct Point has copy, drop, store { x: u64, y: u64 }
public struct Pair<A, B> has copy, drop, store { a: A, b: B }
public struct Line has copy, drop, store { from: Point, to: Point, names: vector<vector<u8>> }
public struct Empty() has copy, drop;

public enum Shape has copy, drop, store {
    Dot,
    Circle { centre: Point, radius: u64 },
    Poly(vector<Point>),
}
public enum Maybe<T> has copy, drop { None, Some(T) }

// control flow
public fun fibonacci(n: u64): u64 { if (n < 2) n else fibonacci(n - 1) + fibonacci(n - 2) }
public fun collatz(mut n: u64): u64 {
    let mut steps = 0;
    loop {
        if (n == 1) break;
        n = if (n % 2 == 0) n / 2 else 3 * n + 1;
        steps = steps + 1;
    };
    steps
}
public fun logic(a: bool, b: bool): vector<bool> { vector[a && b, a || b, !a, a != b] }
public fun forever() { loop {} }
public fun deep(n: u64): u64 { if (n == 0) 0 else 1 + deep(n - 1) }
public fun two(a: u64): (u64, bool) { (a + 1, a == 0) }
public fun uses_two(): u64 { let (a, b) = two(0); if (b) a else 0 }

// aborts
public fun check(ok: bool) { assert!(ok, ENope) }
public fun check_far(ok: bool) { other::check(ok) }
#[error]
const EClever: vector<u8> = b"clever";
public fun clever() { abort EClever }

// structs and references
public fun moved(l: Line): Line { let Line { from, to, names } = l; Line { from: to, to: from, names } }
public fun shift(p: &mut Point, by: u64) { p.x = p.x + by; let y = &mut p.y; *y = *y + by; }
public fun shift_line(l: &mut Line, by: u64) { shift(&mut l.from, by); l.names.push_back(b"shifted"); }
public fun longer(a: &Point, b: &Point): u64 { let c = if (a.x > b.x) a else b; c.x }
public fun copies(): (Point, Point) { let mut p = Point { x: 1, y: 2 }; let q = p; p.x = 9; (p, q) }
public fun replace(l: &mut Line, p: Point): Point { let old = l.from; l.from = p; old }
public fun same(a: &Line, b: &Line): bool { a == b }
public fun empty(): Empty { Empty() }
public fun pick(l: &mut Line): &mut u64 { &mut l.to.y }
public fun write_picked(l: &mut Line) { *pick(l) = 42; }
public fun address_of(): address { @0xbeef }

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

const OTHER = `
module app::other;
const EFar: u64 = 3;
public(package) fun check(ok: bool) { if (!ok) abort EFar }
`;

let m: Snippet;
beforeAll(async () => {
  m = await Snippet.compile(SOURCE, { 'other.move': OTHER });
});

const line = () => [[1n, 2n], [3n, 4n], [[1, 2]]];

describe('control flow', () => {
  test('recursion, loops and results', () => {
    expect(m.value('fibonacci', [15n])).toBe(610n);
    expect(m.value('collatz', [27n])).toBe(111n);
    expect(m.value('uses_two')).toBe(1n);
    expect(m.run('two', [4n]).returns.map(({ value }) => value)).toEqual([5n, false]);
  });

  test.each([
    [true, true, [true, true, false, false]],
    [true, false, [false, true, false, true]],
    [false, true, [false, true, true, true]],
    [false, false, [false, false, true, false]],
  ])('logic of %s and %s', (a, b, wanted) => {
    expect(m.value('logic', [a, b])).toEqual(wanted);
  });

  test('an endless loop runs out of gas, and uses the whole budget', () => {
    const gas = new GasMeter(10_000);
    const session = createSession({ store: m.store, natives: new TestWorld(), gas });
    const target = { package: APP, module: 'm', function: 'forever' };
    expect(() => session.call(target, [], [])).toThrow(expect.objectContaining({ kind: 'out_of_gas' }));
    expect(gas.used).toBe(10_000);
  });

  test('gas grows with the work', () => {
    const few = m.run('collatz', [3n]).gasUsed;
    expect(m.run('collatz', [27n]).gasUsed).toBeGreaterThan(few);
    expect(m.failure('collatz', [27n], { budget: few })).toMatchObject({ kind: 'out_of_gas' });
  });

  test('calls nest to a limit', () => {
    expect(m.value('deep', [1000n])).toBe(1000n);
    expect(m.failure('deep', [1025n])).toMatchObject({ kind: 'limit' });
  });
});

describe('aborts', () => {
  test('carry the code, the module and the function', () => {
    m.run('check', [true]);
    const failure = m.failure('check', [false]);
    expect(failure).toBeInstanceOf(MoveAbort);
    expect(failure).toMatchObject({
      kind: 'abort',
      code: 77n,
      module: { address: APP, name: 'm' },
      function: 'check',
    });
  });

  test('name the module that aborted, not the one called', () => {
    expect(m.failure('check_far', [false])).toMatchObject({
      code: 3n,
      module: { address: APP, name: 'other' },
      function: 'check',
    });
  });

  test('carry the whole code of an error constant', () => {
    const { code } = m.failure('clever') as MoveAbort;
    // The highest bit marks a code that holds the line and the name of the error.
    expect(code >> 63n).toBe(1n);
  });

  test('leave a session that works', () => {
    const session = m.session();
    const call = (name: string, args: boolean[]) =>
      session.call({ package: APP, module: 'm', function: name }, [], args);
    expect(() => call('check', [false])).toThrow(MoveAbort);
    expect(call('check', [true]).returns).toEqual([]);
  });
});

describe('structs and references', () => {
  test('pack, unpack and move', () => {
    expect(m.value('moved', [line()])).toEqual([[3n, 4n], [1n, 2n], [[1, 2]]]);
    expect(m.value('empty')).toEqual([false]);
    expect(m.value('address_of')).toBe(normalizeAddress('0xbeef'));
  });

  test('writes through a mutable argument are seen outside', () => {
    const cell = Ref.to(line());
    m.run('shift_line', [cell, 10n]);
    expect(cell.get()).toEqual([
      [11n, 12n],
      [3n, 4n],
      [[1, 2], [...Buffer.from('shifted')]],
    ]);
    m.run('write_picked', [cell]);
    expect(cell.get()).toMatchObject([{}, [3n, 42n], {}]);
    expect(m.value('replace', [cell, [0n, 0n]])).toEqual([11n, 12n]);
    expect(cell.get()).toMatchObject([[0n, 0n], {}, {}]);
  });

  test('a copy does not follow its original', () => {
    expect(m.run('copies', []).returns.map(({ value }) => value)).toEqual([
      [9n, 2n],
      [1n, 2n],
    ]);
  });

  test('comparison goes through references and all levels', () => {
    expect(m.value('same', [Ref.to(line()), Ref.to(line())])).toBe(true);
    const other = [[1n, 2n], [3n, 4n], [[1, 3]]];
    expect(m.value('same', [Ref.to(line()), Ref.to(other)])).toBe(false);
    expect(m.value('longer', [Ref.to([1n, 0n]), Ref.to([5n, 0n])])).toBe(5n);
  });

  test('a returned reference is a Ref', () => {
    const cell = Ref.to(line());
    const [result] = m.run('pick', [cell]).returns;
    expect(result?.type).toMatchObject({ kind: 'reference', mutable: true, to: { kind: 'u64' } });
    expect(result?.value).toEqual(new Ref([3n, 4n], 1));
  });
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

describe('calls from outside', () => {
  test('unknown functions, wrong counts and missing references are refused', () => {
    expect(m.failure('nothing')).toMatchObject({ kind: 'missing' });
    expect(m.failure('at', [Ref.to([1n])])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('at', [[1n], 0n])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('build', [Ref.to(1n)])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('nothing')).toBeInstanceOf(VmError);
  });
});
