import type { Step } from '../machine.ts';
import { Ref } from '../types.ts';
import type { Value } from '../types.ts';
import { nop } from './control.ts';

/** References know nothing of mutability; the type checker does. */
export const freezeRef: Step = nop;

/** Takes the reference from the top and the value below it. */
export const writeRef: Step = (machine) => {
  const reference = machine.pop() as Ref;
  reference.set(machine.pop());
};

export function borrowLocal(local: number): Step {
  return ({ stack }, frame) => void stack.push(new Ref(frame.locals, local));
}

export function borrowField(index: number): Step {
  return ({ stack }) => {
    const top = stack.length - 1;
    stack[top] = new Ref((stack[top] as Ref).get() as Value[], index);
  };
}
