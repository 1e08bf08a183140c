import { abilitiesOf } from '../abilities.ts';
import type { DatatypeSource } from '../abilities.ts';
import type { Instruction } from '../ir.ts';
import type { LoadedFunction } from '../loader.ts';
import { malformed } from '../pools.ts';
import { ABILITY } from '../types.ts';
import { blockStarts, endsFlow, jumpTargets } from './structure.ts';

type Availability = 'no' | 'yes' | 'maybe';

/**
 * Follows which locals hold a value on every path: none is read without one, and no value without `drop` is
 * overwritten or left behind.
 */
export function checkLocals(source: DatatypeSource, fn: LoadedFunction): void {
  const { code } = fn;
  if (code === undefined) return;
  const droppable = fn.locals.map(
    (type) => (abilitiesOf(source, type, fn.typeParameters) & ABILITY.drop) !== 0,
  );
  const starts = new Set(blockStarts(code));
  const states = new Map<number, Availability[]>();
  const pending: number[] = [];
  const flowTo = (target: number, state: readonly Availability[]): void => {
    const known = states.get(target);
    const joined =
      known === undefined ? [...state] : known.map((was, i) => (was === state[i] ? was : 'maybe'));
    if (known?.every((was, i) => was === joined[i]) === true) return;
    states.set(target, joined);
    pending.push(target);
  };
  flowTo(
    0,
    fn.locals.map((_, i) => (i < fn.parameters.length ? 'yes' : 'no')),
  );
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    const state = [...(states.get(block) ?? [])];
    for (let at = block; ; at += 1) {
      const instruction = code[at] as Instruction;
      const fail = (what: string): never => malformed(`${fn.name}: instruction ${at} ${what}`);
      step(instruction, state, droppable, fail);
      for (const target of jumpTargets(instruction)) flowTo(target, state);
      if (endsFlow(instruction)) break;
      if (starts.has(at + 1)) {
        flowTo(at + 1, state);
        break;
      }
    }
  }
}

function step(
  instruction: Instruction,
  state: Availability[],
  droppable: readonly boolean[],
  fail: (what: string) => never,
): void {
  switch (instruction.op) {
    case 'copy_local':
    case 'borrow_local':
    case 'move_local':
      if (state[instruction.local] !== 'yes')
        fail(`reads local ${instruction.local}, which may hold nothing`);
      if (instruction.op === 'move_local') state[instruction.local] = 'no';
      break;
    case 'store_local':
      if (state[instruction.local] !== 'no' && droppable[instruction.local] !== true) {
        fail(`overwrites local ${instruction.local}, which cannot be dropped`);
      }
      state[instruction.local] = 'yes';
      break;
    case 'ret':
      if (state.some((available, i) => available !== 'no' && droppable[i] !== true)) {
        fail('returns while a local holds what cannot be dropped');
      }
      break;
    default:
  }
}
