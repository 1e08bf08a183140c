import { VECTOR_ERROR, VmError } from '../errors.ts';
import type { Step } from '../machine.ts';
import { Ref } from '../types.ts';
import type { Value } from '../types.ts';

/** Elements a vector may have, as on Sui. */
const MAX_LENGTH = 262_144;

function bounds(message: string, status: number = VECTOR_ERROR.index): never {
  throw new VmError('vector_bounds', message, status);
}

function vectorOf(reference: Value | undefined): Value[] {
  return (reference as Ref).get() as Value[];
}

function checkedIndex(vector: readonly Value[], index: Value | undefined): number {
  if ((index as bigint) >= BigInt(vector.length))
    bounds(`index ${index as bigint} of ${vector.length} elements`);
  return Number(index);
}

export function vecPack(count: number): Step {
  return ({ stack, gas }) => {
    gas.charge(count);
    const base = stack.length - count;
    const elements = stack.slice(base);
    stack.length = base;
    stack.push(elements);
  };
}

export function vecUnpack(count: number): Step {
  return ({ stack }) => {
    const elements = stack.pop() as Value[];
    if (elements.length !== count)
      bounds(`${elements.length} elements where ${count} were expected`, VECTOR_ERROR.unpackCount);
    for (const element of elements) stack.push(element);
  };
}

export const vecLen: Step = ({ stack }) => {
  const top = stack.length - 1;
  stack[top] = BigInt(vectorOf(stack[top]).length);
};

export const vecBorrow: Step = ({ stack }) => {
  const index = stack.pop();
  const top = stack.length - 1;
  const vector = vectorOf(stack[top]);
  stack[top] = new Ref(vector, checkedIndex(vector, index));
};

export const vecPush: Step = ({ stack }) => {
  const element = stack.pop() as Value;
  const vector = vectorOf(stack.pop());
  if (vector.length >= MAX_LENGTH) throw new VmError('limit', `vector longer than ${MAX_LENGTH}`);
  vector.push(element);
};

export const vecPop: Step = ({ stack }) => {
  const top = stack.length - 1;
  const element = vectorOf(stack[top]).pop();
  stack[top] = element ?? bounds('pop from an empty vector', VECTOR_ERROR.popEmpty);
};

export const vecSwap: Step = ({ stack }) => {
  const second = stack.pop();
  const first = stack.pop();
  const vector = vectorOf(stack.pop());
  const i = checkedIndex(vector, first);
  const j = checkedIndex(vector, second);
  const kept = vector[i] as Value;
  vector[i] = vector[j] as Value;
  vector[j] = kept;
};
