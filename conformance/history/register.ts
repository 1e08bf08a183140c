import type { Operation } from './operation.ts';

/** The value of an object, or undefined while there is none. */
export type RegisterState = string | undefined;

/** What an operation does to a state that it fits; `impossible` when the answer cannot have come from that state. */
export type Step = { state: RegisterState } | 'impossible';

/**
 * The model of one object: a register that can be made, read, replaced when it still has the expected value, overwritten
 * when it is there, and removed. An operation of unknown outcome is stepped only where it takes effect.
 */
export function step(state: RegisterState, operation: Operation): Step {
  if (operation.outcome === 'fail') return refusalFits(state, operation) ? { state } : 'impossible';
  const there = state !== undefined;
  switch (operation.kind) {
    case 'read':
      return operation.observed?.value === state ? { state } : 'impossible';
    case 'create':
      return there ? 'impossible' : { state: operation.value };
    case 'replace':
      return there && state === operation.expected ? { state: operation.value } : 'impossible';
    case 'patch':
      return there ? { state: operation.value } : 'impossible';
    case 'delete':
      return there ? { state: undefined } : 'impossible';
    case 'append':
      throw new TypeError('what is appended has no shared object; it is counted, not ordered');
    default:
      return operation.kind satisfies never;
  }
}

function refusalFits(state: RegisterState, operation: Operation): boolean {
  switch (operation.refusal) {
    case 'absent':
      return state === undefined;
    case 'present':
      return state !== undefined;
    case 'conflict':
      return state !== operation.expected;
    default:
      // Refused for another reason than the object: it says nothing about it.
      return true;
  }
}
