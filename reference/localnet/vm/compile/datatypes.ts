import { VmError } from '../errors.ts';
import type { Step } from '../machine.ts';
import { Ref, VariantValue } from '../types.ts';
import type { Value } from '../types.ts';

/** Takes the topmost `count` values off the stack, in the order they were pushed. */
function take(stack: Value[], count: number): Value[] {
  const base = stack.length - count;
  const taken = stack.slice(base);
  stack.length = base;
  return taken;
}

export function packStep(count: number): Step {
  return ({ stack, gas }) => {
    gas.charge(count);
    stack.push(take(stack, count));
  };
}

export const unpackStep: Step = (machine) => {
  for (const field of machine.pop() as Value[]) machine.stack.push(field);
};

export function packVariantStep(tag: number, count: number): Step {
  return ({ stack, gas }) => {
    gas.charge(count);
    stack.push(new VariantValue(tag, take(stack, count)));
  };
}

function expect(value: VariantValue, tag: number): Value[] {
  if (value.tag !== tag)
    throw new VmError('variant_mismatch', `variant ${value.tag} where ${tag} was expected`);
  return value.fields;
}

/** By value the fields come out; through a reference, a reference to each. */
export function unpackVariantStep(by: 'value' | 'reference' | 'mutable_reference', tag: number): Step {
  if (by === 'value') {
    return (machine) => {
      for (const field of expect(machine.pop() as VariantValue, tag)) machine.stack.push(field);
    };
  }
  return (machine) => {
    const fields = expect((machine.pop() as Ref).get() as VariantValue, tag);
    for (let i = 0; i < fields.length; i += 1) machine.stack.push(new Ref(fields, i));
  };
}
