import type { Instruction } from '../ir.ts';
import type { LoadedFunction } from '../loader.ts';
import { malformed } from '../pools.ts';

const MAX_LOCALS = 255;

/** Instructions that the next one does not follow. */
export function endsFlow(instruction: Instruction): boolean {
  const { op } = instruction;
  return op === 'ret' || op === 'abort' || op === 'branch' || op === 'variant_switch';
}

/** Where an instruction may jump to. */
export function jumpTargets(instruction: Instruction): readonly number[] {
  switch (instruction.op) {
    case 'branch':
    case 'branch_true':
    case 'branch_false':
      return [instruction.target];
    case 'variant_switch':
      return instruction.targets;
    default:
      return [];
  }
}

/** Indices where basic blocks begin, in order. */
export function blockStarts(code: readonly Instruction[]): number[] {
  const starts = new Set<number>([0]);
  for (const [at, instruction] of code.entries()) {
    const targets = jumpTargets(instruction);
    for (const target of targets) starts.add(target);
    if ((targets.length > 0 || endsFlow(instruction)) && at + 1 < code.length) starts.add(at + 1);
  }
  return [...starts].toSorted((a, b) => a - b);
}

/** Every jump leads into the code, the code does not run off its end, every local exists. */
export function checkStructure(fn: LoadedFunction): void {
  const { code } = fn;
  if (code === undefined) return;
  if (fn.locals.length > MAX_LOCALS) malformed(`${fn.name}: more than ${MAX_LOCALS} locals`);
  const last = code.at(-1);
  if (last === undefined || !endsFlow(last)) malformed(`${fn.name}: code runs off its end`);
  for (const [at, instruction] of code.entries()) {
    for (const target of jumpTargets(instruction)) {
      if (!Number.isInteger(target) || target < 0 || target >= code.length) {
        malformed(`${fn.name}: instruction ${at} jumps to ${target} of ${code.length}`);
      }
    }
    if ('local' in instruction && fn.locals[instruction.local] === undefined) {
      malformed(`${fn.name}: instruction ${at} uses local ${instruction.local} of ${fn.locals.length}`);
    }
  }
}
