import { abilitiesOf } from '../abilities.ts';
import type { DatatypeSource } from '../abilities.ts';
import type { Instruction } from '../ir.ts';
import type { LoadedFunction } from '../loader.ts';
import { malformed } from '../pools.ts';
import { ABILITY } from '../types.ts';
import { followPaths } from './flow.ts';

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
  followPaths<Availability>(
    code,
    fn.locals.map((_, i) => (i < fn.parameters.length ? 'yes' : 'no')),
    (known, other) => (known === other ? known : 'maybe'),
    (instruction, state, at) =>
      step(instruction, state, droppable, (what) => malformed(`${fn.name}: instruction ${at} ${what}`)),
  );
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
