import type { DatatypeSource } from '../abilities.ts';
import { SUI } from '../address.ts';
import type { FunctionHandle, Instruction } from '../ir.ts';
import type { LoadedFunction } from '../loader.ts';
import { malformed } from '../pools.ts';
import { ABILITY } from '../types.ts';
import type { SignatureType } from '../types.ts';
import { followPaths } from './flow.ts';

/** Functions of `sui` whose result may become the id of an object. */
const FRESH: Readonly<Record<string, readonly string[]>> = { object: ['new', 'new_uid_from_hash'] };

/**
 * An object is only ever made with an id that was made for it in the same function: an id that was taken out of one object
 * and put into another would be two objects in one life. Runs after the type checker, which knows that the operand stack is
 * empty between blocks.
 */
export function checkFreshIds(source: DatatypeSource, fn: LoadedFunction): void {
  const { code } = fn;
  const makesObject = (instruction: Instruction): boolean =>
    instruction.op === 'pack' && isObject(source, instruction.type);
  if (code?.some(makesObject) !== true) return;
  /** Whether each operand is such an id. */
  const stack: boolean[] = [];
  const all = fn.locals.map(() => false);
  followPaths(
    code,
    all,
    (known, other) => known && other,
    (instruction, locals, at) => {
      const pushed = results(instruction, locals);
      const taken = stack.splice(Math.max(0, stack.length - operands(instruction, fn)));
      if (makesObject(instruction) && taken[0] !== true)
        malformed(`${fn.name}: instruction ${at} makes an object without a newly created UID`);
      if (instruction.op === 'store_local') locals[instruction.local] = taken[0] === true;
      if (instruction.op === 'abort') stack.length = 0;
      stack.push(...pushed);
    },
  );
}

/** What counts is the declaration, whatever the type arguments. */
function isObject(source: DatatypeSource, type: SignatureType): boolean {
  const declared = type.kind === 'struct' && source.datatype(type.address, type.module, type.name);
  return declared ? (declared.abilities & ABILITY.key) !== 0 : false;
}

function isFresh({ address, module, name }: FunctionHandle): boolean {
  return address === SUI && Object.hasOwn(FRESH, module) && FRESH[module]?.includes(name) === true;
}

/** How many operands an instruction takes. */
function operands(instruction: Instruction, fn: LoadedFunction): number {
  switch (instruction.op) {
    case 'nop':
    case 'branch':
    case 'load':
    case 'copy_local':
    case 'move_local':
    case 'borrow_local':
      return 0;
    case 'ret':
      return fn.returns.length;
    case 'call':
      return instruction.target.parameters.length;
    case 'pack':
    case 'pack_variant':
      return instruction.fields.length;
    case 'vec_pack':
      return instruction.count;
    case 'write_ref':
    case 'arithmetic':
    case 'shift':
    case 'order':
    case 'logic':
    case 'equal':
    case 'vec_borrow':
    case 'vec_push':
      return 2;
    case 'vec_swap':
      return 3;
    default:
      return 1;
  }
}

/** For each result of an instruction, whether it is a new id. */
function results(instruction: Instruction, locals: readonly boolean[]): boolean[] {
  switch (instruction.op) {
    case 'copy_local':
    case 'move_local':
      return [locals[instruction.local] === true];
    case 'call':
      return instruction.target.returns.map(() => isFresh(instruction.target));
    case 'unpack':
    case 'unpack_variant':
      return instruction.fields.map(() => false);
    case 'vec_unpack':
      return Array.from({ length: instruction.count }, () => false);
    case 'nop':
    case 'pop':
    case 'ret':
    case 'abort':
    case 'branch':
    case 'branch_true':
    case 'branch_false':
    case 'variant_switch':
    case 'store_local':
    case 'write_ref':
    case 'vec_push':
    case 'vec_swap':
      return [];
    default:
      return [false];
  }
}
