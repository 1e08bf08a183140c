import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress } from './address.ts';
import { MoveAbort, VmError } from './errors.ts';
import { GasMeter } from './gas.ts';
import { createSession } from './session.ts';
import { TestWorld } from './testing/world.ts';
import { APP, Snippet } from './testing/snippets.ts';
import { Ref } from './types.ts';

const SOURCE = `
module app::m;

use app::other;

const ENope: u64 = 77;

public struct Point has copy, drop, store { x: u64, y: u64 }
public struct Line has copy, drop, store { from: Point, to: Point, names: vector<vector<u8>> }
public struct Empty() has copy, drop;


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
public fun at(v: &vector<u64>, i: u64): u64 { v[i] }
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

describe('calls from outside', () => {
  test('unknown functions, wrong counts and missing references are refused', () => {
    expect(m.failure('nothing')).toMatchObject({ kind: 'missing' });
    expect(m.failure('at', [Ref.to([1n])])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('at', [[1n], 0n])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('deep', [Ref.to(1n)])).toMatchObject({ kind: 'type_mismatch' });
    expect(m.failure('nothing')).toBeInstanceOf(VmError);
  });
});
