import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeAddress } from './address.ts';
import { testMove } from '../../../contracts/build.ts';
import { BITS, isWide } from './compile/arithmetic.ts';
import { isVmFailure } from './errors.ts';
import type { VmFailure } from './errors.ts';
import type { IntegerKind } from './ir.ts';
import { compileApp, frameworkStore, Snippet } from './testing/snippets.ts';
import type { PrimitiveKind, TypeTag, Value } from './types.ts';

/**
 * What this machine computes, the Move machine that comes with the compiler must compute, too: every result becomes an
 * assertion in a Move unit test.
 */
const PROGRAMS_WITH_ONE_NUMBER = ['stack_machine', 'items', 'edit', 'digest', 'text', 'wide', 'aborts'];
const ZERO = normalizeAddress('0x0');
const KINDS = Object.keys(BITS) as IntegerKind[];
const OPERATORS = { add: '+', sub: '-', mul: '*', div: '/', mod: '%', and: '&', or: '|', xor: '^' };

const WIDTHS = KINDS.flatMap((kind) => [
  ...Object.entries(OPERATORS).map(
    ([name, symbol]) => `public fun ${name}_${kind}(a: ${kind}, b: ${kind}): ${kind} { a ${symbol} b }`,
  ),
  `public fun order_${kind}(a: ${kind}, b: ${kind}): vector<bool> { vector[a < b, a > b, a <= b, a >= b, a == b, a != b] }`,
  `public fun shl_${kind}(a: ${kind}, b: u8): ${kind} { a << b }`,
  `public fun shr_${kind}(a: ${kind}, b: u8): ${kind} { a >> b }`,
  ...KINDS.map((to) => `public fun ${kind}_to_${to}(a: ${kind}): ${to} { a as ${to} }`),
]);

const PROGRAMS = `
public struct Item has copy, drop, store { n: u64, tag: vector<u8> }
public struct Box<T> has copy, drop, store { items: vector<T>, last: Option<T> }
public enum Op has copy, drop { Push(u64), Pop, Add, Swap { deep: u64 } }
const EStop: u64 = 9;

/// A small stack machine, driven by the digits of its argument.
public fun stack_machine(mut program: u64): vector<u64> {
    let mut stack = vector[];
    while (program > 0) {
        let op = decode(program % 7);
        match (&op) {
            Op::Push(n) => stack.push_back(*n),
            Op::Pop => { stack.pop_back(); },
            Op::Add => { let a = stack.pop_back(); let b = stack.pop_back(); stack.push_back(a + b * 3) },
            Op::Swap { deep } => { let top = stack.length() - 1; stack.swap(top - *deep, top) },
        };
        program = program / 7;
    };
    stack
}
fun decode(n: u64): Op {
    if (n == 0) Op::Pop else if (n == 1) Op::Add else if (n == 2) Op::Swap { deep: 1 } else Op::Push(n)
}
public fun items(n: u64): Box<Item> {
    let mut items = vector[];
    let mut i = 0;
    while (i < n % 20) {
        items.push_back(Item { n: i ^ n, tag: std::bcs::to_bytes(&(i * 1000)) });
        i = i + 1;
    };
    let last = if (items.is_empty()) option::none() else option::some(items[items.length() - 1]);
    Box { items, last }
}
public fun edit(n: u64): Box<Item> {
    let mut boxed = items(n);
    let saved = boxed;
    {
        let first = &mut boxed.items[0];
        first.n = first.n + 1;
        first.tag.push_back(255);
    };
    if (boxed == saved) abort EStop;
    boxed.last.fill(Item { n: 0, tag: b"late" });
    boxed
}
public fun digest(n: u64): vector<u8> {
    let bytes = std::bcs::to_bytes(&items(n));
    let mut all = std::hash::sha2_256(bytes);
    all.append(std::hash::sha3_256(bytes));
    all.append(sui::hash::blake2b256(&bytes));
    all.append(sui::hash::keccak256(&bytes));
    all
}
public fun text(n: u64): std::string::String {
    let mut text = b"grüße ".to_string();
    text.append(n.to_string());
    text.append(std::type_name::with_original_ids<Box<vector<u64>>>().into_string().to_string());
    let cut = n % text.length();
    text.substring(0, cut)
}
public fun wide(n: u64): u256 { sui::address::to_u256(sui::address::from_u256(((n as u256) << 200) ^ (n as u256))) }
public fun aborts(n: u64): u64 { assert!(n % 3 != 0, n % 256); if (n % 5 == 0) abort EStop; n }
public fun table(n: u64, ctx: &mut TxContext): vector<u64> {
    let mut t = sui::table::new<u64, u64>(ctx);
    let mut i = 0;
    while (i < 5) { if (!t.contains(i * n % 11)) t.add(i * n % 11, i); i = i + 1 };
    let out = vector[t.length(), if (t.contains(n % 11)) t[n % 11] else 98, if (t.contains(3)) t[3] else 99];
    t.drop();
    out
}
`;

const seed = Number(process.env['ORACLE_SEED'] ?? 20_261_121);

/** One call: values for this machine, and the same as Move source. */
interface Call {
  readonly fn: string;
  readonly args: readonly Value[];
  readonly source: string;
}

const literal = (kind: PrimitiveKind, n: bigint): string => `${n}${kind}`;
const integer = (kind: IntegerKind, n: bigint): Value => (isWide(kind) ? n : Number(n));

/** Near the edges, small, and anything. */
function operands(kind: IntegerKind): fc.Arbitrary<bigint> {
  const max = (1n << BigInt(BITS[kind])) - 1n;
  return fc.oneof(
    fc.bigInt({ min: 0n, max }),
    fc.bigInt({ min: 0n, max: 3n }),
    fc.bigInt({ min: max - 2n, max }),
  );
}

function call(fn: string, args: readonly (readonly [IntegerKind, bigint])[], more = ''): Call {
  const source = args.map(([kind, n]) => literal(kind, n)).join(', ');
  return { fn, args: args.map(([kind, n]) => integer(kind, n)), source: `${fn}(${source}${more})` };
}

function sample<T>(values: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(values, { seed, numRuns: count });
}

function calls(): Call[] {
  const integers = KINDS.flatMap((kind) => [
    ...[...Object.keys(OPERATORS), 'order'].flatMap((op) =>
      sample(fc.tuple(operands(kind), operands(kind)), 8).map(([a, b]) =>
        call(`${op}_${kind}`, [
          [kind, a],
          [kind, b],
        ]),
      ),
    ),
    ...['shl', 'shr'].flatMap((op) =>
      sample(fc.tuple(operands(kind), fc.bigInt({ min: 0n, max: 255n })), 6).flatMap(([a, b]) =>
        [b, b % BigInt(BITS[kind])].map((count) =>
          call(`${op}_${kind}`, [
            [kind, a],
            ['u8', count],
          ]),
        ),
      ),
    ),
    ...KINDS.flatMap((to) => sample(operands(kind), 4).map((a) => call(`${kind}_to_${to}`, [[kind, a]]))),
  ]);
  const numbers = [
    ...sample(fc.bigInt({ min: 0n, max: 40n }), 6),
    ...sample(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), 10),
  ];
  const programs = PROGRAMS_WITH_ONE_NUMBER.flatMap((fn) => numbers.map((n) => call(fn, [['u64', n]])));
  const context = ', &mut sui::tx_context::dummy()';
  return [...integers, ...programs, ...numbers.map((n) => call('table', [['u64', n % 1000n]], context))];
}

function cause(failure: VmFailure): string | undefined {
  if (failure.kind === 'abort') return `abort_code = ${failure.code}`;
  if (failure.kind === 'arithmetic') return 'arithmetic_error';
  return failure.kind === 'vector_bounds' ? `vector_error, minor_status = ${failure.subStatus}` : undefined;
}

/** The attribute of a Move test that must fail as `failure` says. */
function expectation(failure: VmFailure): string {
  const home = failure.location?.module;
  const location = home === undefined || home.address === ZERO ? 'app::m' : `std::${home.name}`;
  const what = cause(failure);
  if (what === undefined) throw failure;
  return `#[expected_failure(${what}, location = ${location})]`;
}

function moveTest(snippet: Snippet, { fn, args, source }: Call, index: number): string {
  const name = `t${index}_${fn}`;
  try {
    const [result] = snippet.run(fn, args).returns;
    if (result === undefined) throw new Error(`${fn} returns nothing`);
    const bytes = snippet.store.serialize(result.type as TypeTag, result.value);
    const hex = Buffer.from(bytes).toString('hex');
    return `#[test] fun ${name}() { assert!(std::bcs::to_bytes(&${source}) == x"${hex}") }`;
  } catch (error) {
    if (!isVmFailure(error)) throw error;
    return `#[test] ${expectation(error)} fun ${name}() { ${source}; }`;
  }
}

test('the Move machine of the compiler agrees on every value and every failure', async () => {
  const store = await frameworkStore();
  const source = `module app::m;\n${WIDTHS.join('\n')}\n${PROGRAMS}`;
  store.add({ storageId: ZERO, modules: await compileApp({ 'm.move': source }, ZERO) });
  const snippet = new Snippet(store, 'm', ZERO);

  const tests = calls().map((one, index) => moveTest(snippet, one, index));
  const failing = tests.filter((text) => text.includes('expected_failure')).length;
  // Both kinds occur often, or the comparison says little.
  expect(failing).toBeGreaterThan(100);
  expect(tests.length - failing).toBeGreaterThan(500);

  const run = await testMove({ files: { 'm.move': `${source}\n${tests.join('\n')}` }, name: 'app' });
  const wrong = run.tests.filter(({ passed }) => !passed).map(({ name }) => name);
  expect(
    wrong,
    `seed ${seed} (ORACLE_SEED replays it)\n${run.output.slice(run.output.indexOf('Failures')).slice(0, 4000)}`,
  ).toEqual([]);
  expect(run.tests).toHaveLength(tests.length);
});
