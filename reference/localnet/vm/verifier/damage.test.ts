import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { isVmFailure } from '../errors.ts';
import type { RawInstruction, RawModule } from '../binary.ts';
import { GasMeter } from '../gas.ts';
import { createSession } from '../session.ts';
import type { ModuleStore } from '../store.ts';
import { APP, compileApp, editModule, frameworkStore } from '../testing/snippets.ts';
import { TestWorld } from '../testing/world.ts';
import { Ref } from '../types.ts';
import type { Value } from '../types.ts';

/** All parameters are numbers, so that every function can be called whatever became of its code. */
const SOURCE = `
module app::m;
public struct Point has copy, drop { x: u64, y: u64 }
public struct Ticket { n: u64 }
public enum Shape has copy, drop { Dot, Circle(u64), Line { from: Point, to: Point } }
public fun area(n: u64): u64 {
    let shape = if (n == 0) Shape::Dot else if (n == 1) Shape::Circle(n) else Shape::Line { from: point(n), to: point(2) };
    match (&shape) { Shape::Dot => 0, Shape::Circle(r) => *r, Shape::Line { from, to } => from.x + to.y }
}
fun point(n: u64): Point { Point { x: n, y: n * 2 } }
public fun tickets(n: u64): u64 {
    let mut all = vector[];
    let mut i = 0;
    while (i < 4) { all.push_back(Ticket { n: i }); i = i + 1 };
    let mut sum = n;
    while (!all.is_empty()) { let Ticket { n } = all.pop_back(); sum = sum + n };
    all.destroy_empty();
    sum
}
public fun edits(n: u64): u64 {
    let mut points = vector[point(1), point(n)];
    let last = &mut points[1];
    last.x = last.x + 1;
    swap(&mut points);
    (points[0].x as u8) as u64
}
fun swap(points: &mut vector<Point>) { points.swap(0, 1) }
public fun pick<T: copy>(a: &T, b: &T, first: bool): T { if (first) *a else *b }
public fun picks(n: u64): u64 { pick(&point(n), &point(3), n > 1).y }
`;

let module: Uint8Array;
let store: ModuleStore;
beforeAll(async () => {
  [module] = (await compileApp({ 'm.move': SOURCE })) as [Uint8Array];
  store = await frameworkStore();
});

function caught(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a file that is no module', () => {
  test.each<readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['empty', () => new Uint8Array(), /magic/],
    ['other magic', (bytes) => bytes.with(0, 0), /magic/],
    ['newer version', (bytes) => bytes.with(4, 9), /version 9/],
    ['older version', (bytes) => bytes.with(4, 5), /version 5/],
    ['cut off', (bytes) => bytes.slice(0, -10), /malformed/],
  ])('%s', (_, damage, message) => {
    const error = caught(() => store.add({ storageId: APP, modules: [damage(module)] }));
    expect(error).toMatchObject({ kind: 'verification', message: expect.stringMatching(message) });
  });
});

/** Calls every function that takes a number, and gives what went wrong besides failures of Move. */
function accidents(bytes: Uint8Array): unknown[] {
  const refusal = caught(() => store.add({ storageId: APP, modules: [bytes] }));
  if (refusal !== undefined) return isVmFailure(refusal) ? [] : [refusal];
  const errors = (store.module(APP, 'm')?.functions ?? []).map((fn) =>
    caught(() => {
      const args: Value[] = fn.parameters.map((type) => {
        if (type.kind === 'u64' || type.kind === 'parameter') return 2n;
        return type.kind === 'reference' ? Ref.to(type.to.kind === 'parameter' ? 2n : []) : true;
      });
      const typeArgs = fn.typeParameters.map(() => ({ kind: 'u64' }) as const);
      const session = createSession({ store, natives: new TestWorld(), gas: new GasMeter(5000) });
      session.call({ package: APP, module: 'm', function: fn.name }, typeArgs, args);
    }),
  );
  store.remove(APP);
  return errors.filter((error) => error !== undefined && !isVmFailure(error));
}

describe('whatever a module holds, it is refused or it runs as Move', () => {
  test('with changed bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 10_000 }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = module.slice();
        for (const [at, byte] of list) bytes[at % bytes.length] = byte;
        expect(accidents(bytes)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('with instructions moved about', () => {
    const moves = fc.array(
      fc.record({
        from: fc.nat(),
        fromAt: fc.nat(),
        to: fc.nat(),
        at: fc.nat(),
        how: fc.constantFrom('insert', 'replace', 'delete'),
      }),
      { minLength: 1, maxLength: 2 },
    );
    fc.assert(
      fc.property(moves, (list) => {
        const edited = editModule(module, (raw) => {
          for (const { from, fromAt, to, at, how } of list) {
            const source = codeAt(raw, from);
            const target = codeAt(raw, to);
            const piece = source[fromAt % source.length] as RawInstruction;
            target.splice(at % target.length, how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [piece]));
          }
        });
        expect(accidents(edited)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

function codeAt(raw: RawModule, index: number): RawInstruction[] {
  const bodies = raw.function_defs.flatMap((definition) => (definition.code ? [definition.code.code] : []));
  return bodies[index % bodies.length] as RawInstruction[];
}
