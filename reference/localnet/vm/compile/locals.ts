import type { Step } from '../machine.ts';
import type { Ref, SignatureType, Value } from '../types.ts';
import { isPrimitive } from '../type-tag.ts';
import { copyValue, equalValues } from '../values.ts';

/** True when copying a value of this type is copying the JavaScript value. */
function copiesByAssignment(type: SignatureType | undefined): boolean {
  return type !== undefined && (isPrimitive(type) || type.kind === 'reference');
}

/** Constants are shared between calls, so a vector is copied each time. */
export function loadStep(value: Value): Step {
  if (typeof value !== 'object') return ({ stack }) => void stack.push(value);
  return ({ stack, gas }) => void stack.push(copyValue(value, gas));
}

export function copyLocal(local: number, type: SignatureType | undefined): Step {
  if (copiesByAssignment(type)) return moveLocal(local);
  return ({ stack, gas }, frame) => void stack.push(copyValue(frame.locals[local] as Value, gas));
}

/** The slot keeps the value, but nobody reads it before the next store. */
export function moveLocal(local: number): Step {
  return ({ stack }, frame) => void stack.push(frame.locals[local] as Value);
}

export function storeLocal(local: number): Step {
  return (machine, frame) => {
    frame.locals[local] = machine.pop();
  };
}

/** `type` is the reference's. */
export function readRef(type: SignatureType | undefined): Step {
  if (type?.kind === 'reference' && isPrimitive(type.to)) {
    return ({ stack }) => {
      const top = stack.length - 1;
      stack[top] = (stack[top] as Ref).get();
    };
  }
  return ({ stack, gas }) => {
    const top = stack.length - 1;
    stack[top] = copyValue((stack[top] as Ref).get(), gas);
  };
}

export function equalStep(negate: boolean, type: SignatureType | undefined): Step {
  if (type !== undefined && isPrimitive(type)) {
    return ({ stack }) => {
      const b = stack.pop();
      const top = stack.length - 1;
      stack[top] = (stack[top] === b) !== negate;
    };
  }
  return ({ stack, gas }) => {
    const b = stack.pop() as Value;
    const top = stack.length - 1;
    stack[top] = equalValues(stack[top] as Value, b, gas) !== negate;
  };
}
