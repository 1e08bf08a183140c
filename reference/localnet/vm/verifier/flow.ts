import type { Instruction } from '../ir.ts';
import { blockStarts, endsFlow, jumpTargets } from './structure.ts';

/**
 * Runs `step` over code along every path until nothing new is learned. A state has one value a local; where paths meet,
 * `join` makes one of two. `step` changes the state that it is given.
 */
export function followPaths<T>(
  code: readonly Instruction[],
  first: readonly T[],
  join: (known: T, other: T) => T,
  step: (instruction: Instruction, state: T[], at: number) => void,
): void {
  const starts = new Set(blockStarts(code));
  const states = new Map<number, T[]>();
  const pending: number[] = [];
  const flowTo = (target: number, state: readonly T[]): void => {
    const known = states.get(target);
    const joined = known === undefined ? [...state] : known.map((was, i) => join(was, state[i] as T));
    if (known?.every((was, i) => was === joined[i]) === true) return;
    states.set(target, joined);
    pending.push(target);
  };
  flowTo(0, first);
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    const state = [...(states.get(block) ?? [])];
    for (let at = block; ; at += 1) {
      const instruction = code[at] as Instruction;
      step(instruction, state, at);
      for (const target of jumpTargets(instruction)) flowTo(target, state);
      if (endsFlow(instruction)) break;
      if (starts.has(at + 1)) {
        flowTo(at + 1, state);
        break;
      }
    }
  }
}
