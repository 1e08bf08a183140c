import { VmError } from '../errors.ts';
import type { ArithmeticOperator, IntegerKind, OrderOperator, ShiftOperator } from '../ir.ts';
import type { Step } from '../machine.ts';
import type { SignatureType, Value } from '../types.ts';

/** Bits of each integer type. Up to 32 a value is a number, above that a bigint. */
export const BITS: { readonly [K in IntegerKind]: number } = {
  u8: 8,
  u16: 16,
  u32: 32,
  u64: 64,
  u128: 128,
  u256: 256,
};

function isInteger(kind: string): kind is IntegerKind {
  return Object.hasOwn(BITS, kind);
}
export function isWide(kind: IntegerKind): boolean {
  return BITS[kind] > 32;
}

function fail(message: string): never {
  throw new VmError('arithmetic', message);
}

/** Integer type that the checker found; unreachable code has none and may be anything. */
function integer(type: SignatureType | undefined): IntegerKind {
  return type !== undefined && isInteger(type.kind) ? type.kind : 'u64';
}

type Operation<T> = (a: T, b: T) => T;
type Operations<T> = { readonly [O in ArithmeticOperator]: Operation<T> };

function narrowOperations(kind: IntegerKind): Operations<number> {
  const max = 2 ** BITS[kind] - 1;
  // A product above 2^53 is rounded, but only to another number far above `max`.
  const fit = (value: number): number => (value > max ? fail(`${kind} overflow`) : value);
  return {
    add: (a, b) => fit(a + b),
    sub: (a, b) => (a < b ? fail(`${kind} underflow`) : a - b),
    mul: (a, b) => fit(a * b),
    div: (a, b) => (b === 0 ? fail('division by zero') : Math.floor(a / b)),
    mod: (a, b) => (b === 0 ? fail('division by zero') : a % b),
    and: (a, b) => (a & b) >>> 0,
    or: (a, b) => (a | b) >>> 0,
    xor: (a, b) => (a ^ b) >>> 0,
  };
}

function wideOperations(kind: IntegerKind): Operations<bigint> {
  const max = (1n << BigInt(BITS[kind])) - 1n;
  const fit = (value: bigint): bigint => (value > max ? fail(`${kind} overflow`) : value);
  return {
    add: (a, b) => fit(a + b),
    sub: (a, b) => (a < b ? fail(`${kind} underflow`) : a - b),
    mul: (a, b) => fit(a * b),
    div: (a, b) => (b === 0n ? fail('division by zero') : a / b),
    mod: (a, b) => (b === 0n ? fail('division by zero') : a % b),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
  };
}

function binary<T extends Value>(operation: Operation<T>): Step {
  return ({ stack }) => {
    const b = stack.pop() as T;
    const top = stack.length - 1;
    stack[top] = operation(stack[top] as T, b);
  };
}

export function arithmeticStep(operator: ArithmeticOperator, type: SignatureType | undefined): Step {
  const kind = integer(type);
  return isWide(kind) ? binary(wideOperations(kind)[operator]) : binary(narrowOperations(kind)[operator]);
}

/** The operand type is that of the shifted value; the count is a u8 and must be below its width. */
export function shiftStep(operator: ShiftOperator, type: SignatureType | undefined): Step {
  const kind = integer(type);
  const bits = BITS[kind];
  const shift = isWide(kind) ? wideShift(operator, bits) : narrowShift(operator, bits);
  return ({ stack }) => {
    const count = stack.pop() as number;
    if (count >= bits) fail(`${kind} shifted by ${count}`);
    const top = stack.length - 1;
    stack[top] = shift(stack[top] as never, count);
  };
}

function narrowShift(operator: ShiftOperator, bits: number): (value: number, count: number) => Value {
  const mask = 2 ** bits - 1;
  if (operator === 'shr') return (value, count) => value >>> count;
  return (value, count) => ((value << count) & mask) >>> 0;
}

function wideShift(operator: ShiftOperator, bits: number): (value: bigint, count: number) => Value {
  if (operator === 'shr') return (value, count) => value >> BigInt(count);
  return (value, count) => BigInt.asUintN(bits, value << BigInt(count));
}

type Ordered = number | bigint;
const ORDER: { readonly [O in OrderOperator]: (a: Ordered, b: Ordered) => boolean } = {
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

export function orderStep(operator: OrderOperator): Step {
  const compare = ORDER[operator];
  return ({ stack }) => {
    const b = stack.pop() as Ordered;
    const top = stack.length - 1;
    stack[top] = compare(stack[top] as Ordered, b);
  };
}

export function castStep(to: IntegerKind, type: SignatureType | undefined): Step {
  const from = integer(type);
  const convert = conversion(from, to);
  return ({ stack }) => {
    const top = stack.length - 1;
    stack[top] = convert(stack[top] as never);
  };
}

function conversion(
  from: IntegerKind,
  to: IntegerKind,
): ((value: number) => Value) | ((value: bigint) => Value) {
  const overflow = (): never => fail(`value does not fit ${to}`);
  const max = (1n << BigInt(BITS[to])) - 1n;
  if (!isWide(from)) {
    if (isWide(to)) return (value: number) => BigInt(value);
    return (value: number) => (value > Number(max) ? overflow() : value);
  }
  if (isWide(to)) return (value: bigint) => (value > max ? overflow() : value);
  return (value: bigint) => (value > max ? overflow() : Number(value));
}
