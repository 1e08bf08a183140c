import { VECTOR_ERROR, VmError } from '../errors.ts';
import { Ref } from '../types.ts';
import type { Value } from '../types.ts';
import { arg, referent } from './native.ts';
import type { NativeCall, NativeModule } from './native.ts';

function vectorOf(call: NativeCall): Value[] {
  return referent(call, 0) as Value[];
}

function indexOf(call: NativeCall, argument: number): number {
  const index = arg(call, argument) as bigint;
  const { length } = vectorOf(call);
  if (index >= BigInt(length))
    throw new VmError('vector_bounds', `index ${index} of ${length} elements`, VECTOR_ERROR.index);
  return Number(index);
}

/** The compiler turns calls of these into instructions; they run when something calls them from outside. */
export const vector: NativeModule = {
  empty: () => [[]],
  length: (call) => [BigInt(vectorOf(call).length)],
  borrow: (call) => [new Ref(vectorOf(call), indexOf(call, 1))],
  borrow_mut: (call) => [new Ref(vectorOf(call), indexOf(call, 1))],
  push_back: (call) => {
    vectorOf(call).push(arg(call, 1));
    return [];
  },
  pop_back: (call) => {
    const element = vectorOf(call).pop();
    if (element === undefined)
      throw new VmError('vector_bounds', 'pop from an empty vector', VECTOR_ERROR.popEmpty);
    return [element];
  },
  destroy_empty: (call) => {
    const { length } = arg(call, 0) as Value[];
    if (length > 0)
      throw new VmError('vector_bounds', `destroy_empty of ${length} elements`, VECTOR_ERROR.unpackCount);
    return [];
  },
  swap: (call) => {
    const elements = vectorOf(call);
    const [i, j] = [indexOf(call, 1), indexOf(call, 2)];
    const kept = elements[i] as Value;
    elements[i] = elements[j] as Value;
    elements[j] = kept;
    return [];
  },
};
