import * as fc from 'fast-check';
import { BITS, isWide } from '../../vm/compile/arithmetic.ts';
import type { IntegerKind } from '../../vm/ir.ts';
import type { Value } from '../../vm/index.ts';

/** A random function and the calls of it, before they are made: numbers to choose by. */
export interface RawSnippet {
  readonly code: number[];
  /** Eight numbers a call, one for each parameter. */
  readonly calls: number[][];
}

/** Values of all parameters: for our machine, and as Move source. */
export interface Arguments {
  readonly values: readonly Value[];
  readonly source: string;
}

const CALLS = 24;
const byte = fc.nat({ max: 255 });

export const rawSnippet: fc.Arbitrary<RawSnippet> = fc.record({
  code: fc.array(byte, { minLength: 1, maxLength: 160, size: 'max' }),
  calls: fc.array(fc.array(byte, { minLength: 8, maxLength: 8 }), {
    minLength: 1,
    maxLength: CALLS,
    size: 'max',
  }),
});

const KINDS = Object.keys(BITS) as IntegerKind[];
const PARAMETERS = { u8: 'a', u16: 'b', u32: 'c', u64: 'd', u128: 'e', u256: 'f' } as const;
const MAX_DEPTH = 7;

/** What every function can use. The functions are called in place of the operators one time in some. */
export const PRELUDE = `
public struct Pair<A: copy + drop + store, B: copy + drop + store> has copy, drop, store { first: A, second: B }
public struct Box<T: copy + drop + store> has copy, drop, store { items: vector<T>, last: Option<T> }
public enum Shape<T: copy + drop + store> has copy, drop, store { Empty, Dot(T), Line { from: T, to: T }, Many(vector<T>) }
fun swapped<A: copy + drop + store, B: copy + drop + store>(p: Pair<A, B>): Pair<B, A> {
    let Pair { first, second } = p;
    Pair { first: second, second: first }
}
fun set<T: drop>(at: &mut T, value: T) { *at = value }
fun choose<T: drop>(left: bool, a: T, b: T): T { if (left) a else b }
fun boxed<T: copy + drop + store>(items: vector<T>): Box<T> {
    let last = if (items.is_empty()) option::none() else option::some(items[items.length() - 1]);
    Box { items, last }
}
fun line<T: copy + drop + store>(mut s: Shape<T>, value: T): Shape<T> {
    match (&mut s) {
        Shape::Empty => {},
        Shape::Dot(at) => { *at = value },
        Shape::Line { to, .. } => { *to = value },
        Shape::Many(all) => all.push_back(value),
    };
    s
}
fun size<T: copy + drop + store>(s: &Shape<T>): u64 {
    match (s) { Shape::Empty => 0, Shape::Dot(_) => 1, Shape::Line { .. } => 2, Shape::Many(all) => all.length() }
}
fun end<T: copy + drop + store>(s: Shape<T>, other: T): T {
    match (s) {
        Shape::Empty => other,
        Shape::Dot(at) => at,
        Shape::Line { from: _, to } => to,
        Shape::Many(mut all) => if (all.length() > 1) all.pop_back() else abort 77,
    }
}
`;

/** Numbers one after the other; 0, which stands for the simplest, when there are no more. */
class Choices {
  readonly #numbers: readonly number[];
  #next = 0;
  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }
  below(limit: number): number {
    return (this.#numbers[this.#next++] ?? 0) % limit;
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** Writes typed expressions. Every evaluation ends: loops count to a constant. */
class Writer {
  readonly #choices: Choices;
  #names = 0;
  constructor(choices: Choices) {
    this.#choices = choices;
  }

  #fresh(): string {
    return `x${this.#names++}`;
  }

  /** A function's result: its type and the expression. */
  result(): { type: string; body: string } {
    const kind = this.#choices.of(KINDS);
    const other = this.#choices.of(KINDS);
    switch (this.#choices.below(7)) {
      case 0:
        return { type: kind, body: this.int(kind, 0) };
      case 1:
        return { type: 'bool', body: this.bool(0) };
      case 2:
        return { type: `vector<${kind}>`, body: this.vector(kind, 0) };
      case 3:
        return { type: `Pair<${kind}, ${other}>`, body: this.pair(kind, other, 0) };
      case 4:
        return { type: `Shape<${kind}>`, body: this.shape(kind, 0) };
      case 5:
        return { type: `Box<${kind}>`, body: `boxed(${this.vector(kind, 0)})` };
      default:
        return { type: `vector<Pair<${kind}, bool>>`, body: this.pairs(kind, 0) };
    }
  }

  int(kind: IntegerKind, depth: number): string {
    const deeper = depth + 1;
    const one = (): string => this.int(kind, deeper);
    if (depth >= MAX_DEPTH) return PARAMETERS[kind];
    switch (this.#choices.below(16)) {
      case 0:
        return PARAMETERS[kind];
      case 1:
        return `${this.#literal(kind)}${kind}`;
      case 2:
      case 3:
      case 4:
        return `(${one()} ${this.#choices.of(['+', '-', '*', '/', '%'])} ${one()})`;
      case 5:
        return `(${one()} ${this.#choices.of(['&', '|', '^'])} ${one()})`;
      case 6:
        return `(${one()} ${this.#choices.of(['<<', '>>'])} ${this.#choices.below(BITS[kind] + 1)}u8)`;
      case 7:
        return `(${this.int(this.#choices.of(KINDS), deeper)} as ${kind})`;
      case 8:
        return `(if (${this.bool(deeper)}) ${one()} else ${one()})`;
      case 9:
        return this.#loop(kind, deeper);
      case 10:
        return `${this.vector(kind, deeper)}[${this.int('u64', deeper)} % 5]`;
      case 11:
        return `swapped(${this.pair(kind, this.#choices.of(KINDS), deeper)}).second`;
      case 12:
        return `end(${this.shape(kind, deeper)}, ${one()})`;
      case 13: {
        const name = this.#fresh();
        const value = this.#fresh();
        return `({ let mut ${name} = ${one()}; let ${value} = ${name} ^ ${one()}; set(&mut ${name}, ${value}); ${name} })`;
      }
      case 14:
        return `choose(${this.bool(deeper)}, ${one()}, ${one()})`;
      default:
        return `({ if (${this.bool(deeper)}) abort ${this.#choices.below(256)}; ${one()} })`;
    }
  }

  bool(depth: number): string {
    const deeper = depth + 1;
    if (depth >= MAX_DEPTH) return 'p';
    const kind = this.#choices.of(KINDS);
    switch (this.#choices.below(8)) {
      case 0:
        return 'p';
      case 1:
      case 2:
        return `(${this.int(kind, deeper)} ${this.#choices.of(['<', '>', '<=', '>=', '==', '!='])} ${this.int(kind, deeper)})`;
      case 3:
        return `(${this.bool(deeper)} ${this.#choices.of(['&&', '||'])} ${this.bool(deeper)})`;
      case 4:
        return `!${this.bool(deeper)}`;
      case 5:
        return `(${this.vector(kind, deeper)} == ${this.vector(kind, deeper)})`;
      case 6:
        return `(${this.shape(kind, deeper)} == ${this.shape(kind, deeper)})`;
      default:
        return `${this.vector(kind, deeper)}.contains(&${this.int(kind, deeper)})`;
    }
  }

  vector(kind: IntegerKind, depth: number): string {
    const deeper = depth + 1;
    const one = (): string => this.int(kind, deeper);
    if (depth >= MAX_DEPTH) return `vector[${PARAMETERS[kind]}]`;
    const name = this.#fresh();
    switch (this.#choices.below(7)) {
      case 0:
        return kind === 'u64' ? 'v' : `vector[${PARAMETERS[kind]}]`;
      case 1:
        return `vector[${one()}, ${one()}, ${one()}]`;
      case 2:
        return `({ let mut ${name} = ${this.vector(kind, deeper)}; ${name}.push_back(${one()}); ${name} })`;
      case 3:
        return `({ let mut ${name} = ${this.vector(kind, deeper)}; let _ = ${name}.pop_back(); ${name} })`;
      case 4:
        return `({ let mut ${name} = ${this.vector(kind, deeper)}; ${name}.append(${this.vector(kind, deeper)}); ${name}.reverse(); ${name} })`;
      case 5:
        return `({ let mut ${name} = ${this.vector(kind, deeper)}; ${name}.swap(0, ${this.int('u64', deeper)} % 4); ${name} })`;
      default:
        return `({ let mut ${name} = ${this.vector(kind, deeper)}; *(&mut ${name}[0]) = ${one()}; ${name} })`;
    }
  }

  pair(first: IntegerKind, second: IntegerKind, depth: number): string {
    const deeper = depth + 1;
    if (depth < MAX_DEPTH && this.#choices.below(4) === 3)
      return `swapped(${this.pair(second, first, deeper)})`;
    return `Pair { first: ${this.int(first, deeper)}, second: ${this.int(second, deeper)} }`;
  }

  pairs(kind: IntegerKind, depth: number): string {
    const one = (): string => `Pair { first: ${this.int(kind, depth + 1)}, second: ${this.bool(depth + 1)} }`;
    return `vector[${one()}, ${one()}]`;
  }

  shape(kind: IntegerKind, depth: number): string {
    const deeper = depth + 1;
    const one = (): string => this.int(kind, deeper);
    if (depth >= MAX_DEPTH) return `Shape::Dot(${PARAMETERS[kind]})`;
    switch (this.#choices.below(5)) {
      case 0:
        return `Shape::Dot(${one()})`;
      case 1:
        return `Shape::Line { from: ${one()}, to: ${one()} }`;
      case 2:
        return `Shape::Many(${this.vector(kind, deeper)})`;
      case 3:
        return `line(${this.shape(kind, deeper)}, ${one()})`;
      default:
        return `(if (${this.bool(deeper)}) Shape::Empty else Shape::Dot(${one()}))`;
    }
  }

  #loop(kind: IntegerKind, depth: number): string {
    const [sum, i] = [this.#fresh(), this.#fresh()];
    const step = this.int(kind, depth);
    const out = this.#choices.below(4) === 3 ? ` if (${this.bool(depth)}) break;` : '';
    const operator = this.#choices.of(['+', '-', '*', '^']);
    const count = this.#choices.below(6);
    return `({ let mut ${sum} = ${this.int(kind, depth)}; let mut ${i} = 0u8; while (${i} < ${count}) {${out} ${sum} = ${sum} ${operator} ${step}; ${i} = ${i} + 1 }; ${sum} })`;
  }

  #literal(kind: IntegerKind): bigint {
    return edge(BITS[kind], this.#choices.below(256));
  }
}

/** A Move function with every parameter. */
export function functionSource(name: string, { code }: RawSnippet): string {
  const { type, body } = new Writer(new Choices(code)).result();
  const parameters = KINDS.map((kind) => `${PARAMETERS[kind]}: ${kind}`).join(', ');
  return `#[allow(unused)] public fun ${name}(${parameters}, p: bool, v: vector<u64>): ${type} { ${body} }`;
}

/** The arguments of one call. */
export function argumentsOf(numbers: readonly number[]): Arguments {
  const integers = KINDS.map((kind, i) => edge(BITS[kind], numbers[i] ?? 0));
  const flag = (numbers[6] ?? 0) % 2 === 1;
  const list = Array.from({ length: (numbers[7] ?? 0) % 6 }, (_, i) => edge(64, (numbers[7] ?? 0) + i));
  return {
    values: [
      ...integers.map((n, i) => (isWide(KINDS[i] as IntegerKind) ? n : Number(n))),
      flag,
      list.map((n): Value => n),
    ],
    source: [
      ...integers.map((n, i) => `${n}${KINDS[i]}`),
      String(flag),
      `vector<u64>[${list.join(', ')}]`,
    ].join(', '),
  };
}

/** Small numbers, the greatest ones, powers of two and their neighbours. */
function edge(bits: number, by: number): bigint {
  const max = (1n << BigInt(bits)) - 1n;
  if (by < 128) return BigInt(by % 64);
  if (by < 160) return max - BigInt(by % 4);
  return (1n << BigInt(by % bits)) + BigInt((by % 3) - 1);
}
