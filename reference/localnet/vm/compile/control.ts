import { MoveAbort } from '../errors.ts';
import type { Location } from '../errors.ts';
import type { Step } from '../machine.ts';
import type { Ref, VariantValue } from '../types.ts';

export const nop: Step = () => {};

export const pop: Step = (machine) => {
  machine.stack.pop();
};

export const ret: Step = (machine, frame) => {
  machine.leave(frame);
};

export const abort: Step = (machine) => {
  const code = machine.pop() as bigint;
  throw new MoveAbort(code, machine.location() as Location);
};

export const not: Step = ({ stack }) => {
  stack[stack.length - 1] = stack.at(-1) !== true;
};

export function branchStep(target: number): Step {
  return (_, frame) => {
    frame.pc = target;
  };
}

export function branchWhenStep(condition: boolean, target: number): Step {
  return (machine, frame) => {
    if (machine.stack.pop() === condition) frame.pc = target;
  };
}

/** Takes a reference to an enum and goes where its variant says. */
export function switchStep(targets: readonly number[]): Step {
  return (machine, frame) => {
    const value = (machine.pop() as Ref).get() as VariantValue;
    frame.pc = targets[value.tag] as number;
  };
}

export function logicStep(operator: 'and' | 'or'): Step {
  const combine =
    operator === 'and' ? (a: boolean, b: boolean) => a && b : (a: boolean, b: boolean) => a || b;
  return ({ stack }) => {
    const b = stack.pop() as boolean;
    const top = stack.length - 1;
    stack[top] = combine(stack[top] as boolean, b);
  };
}
