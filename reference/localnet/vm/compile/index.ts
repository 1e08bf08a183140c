import type { LoadedFunction } from '../loader.ts';
import type { Instruction } from '../ir.ts';
import type { Step } from '../machine.ts';
import type { ModuleStore } from '../store.ts';
import { arithmeticStep, castStep, orderStep, shiftStep } from './arithmetic.ts';
import { callStep } from './calls.ts';
import { abort, branchStep, branchWhenStep, logicStep, nop, not, pop, ret, switchStep } from './control.ts';
import { packStep, packVariantStep, unpackStep, unpackVariantStep } from './datatypes.ts';
import { copyLocal, equalStep, loadStep, moveLocal, readRef, storeLocal } from './locals.ts';
import { borrowField, borrowLocal, freezeRef, writeRef } from './references.ts';
import { vecBorrow, vecLen, vecPack, vecPop, vecPush, vecSwap, vecUnpack } from './vectors.ts';

/** Turns checked code into steps. The operand types of the checker choose the variant for each integer width. */
export function compileFunction(store: ModuleStore, fn: LoadedFunction): Step[] {
  return (fn.code ?? []).map((instruction, at) => compileStep(store, fn, instruction, at));
}

function compileStep(store: ModuleStore, fn: LoadedFunction, instruction: Instruction, at: number): Step {
  const operand = fn.operandTypes[at];
  switch (instruction.op) {
    case 'pop':
      return pop;
    case 'ret':
      return ret;
    case 'nop':
      return nop;
    case 'abort':
      return abort;
    case 'not':
      return not;
    case 'branch':
      return branchStep(instruction.target);
    case 'branch_true':
      return branchWhenStep(true, instruction.target);
    case 'branch_false':
      return branchWhenStep(false, instruction.target);
    case 'variant_switch':
      return switchStep(instruction.targets);
    case 'logic':
      return logicStep(instruction.operator);
    case 'load':
      return loadStep(instruction.value);
    case 'arithmetic':
      return arithmeticStep(instruction.operator, operand);
    case 'shift':
      return shiftStep(instruction.operator, operand);
    case 'order':
      return orderStep(instruction.operator);
    case 'cast':
      return castStep(instruction.to, operand);
    case 'equal':
      return equalStep(instruction.negate, operand);
    case 'copy_local':
      return copyLocal(instruction.local, fn.locals[instruction.local]);
    case 'move_local':
      return moveLocal(instruction.local);
    case 'store_local':
      return storeLocal(instruction.local);
    case 'borrow_local':
      return borrowLocal(instruction.local);
    case 'borrow_field':
      return borrowField(instruction.index);
    case 'read_ref':
      return readRef(operand);
    case 'write_ref':
      return writeRef;
    case 'freeze_ref':
      return freezeRef;
    case 'call':
      return callStep(store, fn, instruction.target, instruction.typeArgs);
    case 'pack':
      return packStep(instruction.fields.length);
    case 'unpack':
      return unpackStep;
    case 'pack_variant':
      return packVariantStep(instruction.tag, instruction.fields.length);
    case 'unpack_variant':
      return unpackVariantStep(instruction.by, instruction.tag);
    case 'vec_pack':
      return vecPack(instruction.count);
    case 'vec_unpack':
      return vecUnpack(instruction.count);
    case 'vec_len':
      return vecLen;
    case 'vec_borrow':
      return vecBorrow;
    case 'vec_push':
      return vecPush;
    case 'vec_pop':
      return vecPop;
    case 'vec_swap':
      return vecSwap;
  }
}
