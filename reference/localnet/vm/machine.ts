import type { GasMeterApi } from './api.ts';
import { compileFunction } from './compile/index.ts';
import type { NativeContext } from './context.ts';
import { MoveAbort, NativeAbort, VmError } from './errors.ts';
import type { Location } from './errors.ts';
import { COST } from './gas.ts';
import type { LoadedFunction } from './loader.ts';
import { nativeFunction } from './natives/index.ts';
import type { NativeCall } from './natives/native.ts';
import type { LoadedPackage, ModuleStore } from './store.ts';
import type { TypeTag, Value } from './types.ts';

/** One instruction, ready to run. It reads `frame.pc` as the index of the next one. */
export type Step = (machine: Machine, frame: Frame) => void;

/** One running call. */
export interface Frame {
  readonly fn: LoadedFunction;
  readonly steps: readonly Step[];
  readonly locals: Value[];
  readonly typeArgs: readonly TypeTag[];
  readonly caller: Frame | undefined;
  pc: number;
}

const MAX_CALL_DEPTH = 1024;
const MAX_STACK_HEIGHT = 16_384;

/** Fills slots that hold no value yet; the type checker makes sure that nobody reads them. */
const UNSET: Value = false;

/** Runs one function after another on one operand stack. */
export class Machine {
  readonly store: ModuleStore;
  readonly context: NativeContext;
  readonly gas: GasMeterApi;
  readonly stack: Value[] = [];
  /** The package that was called from outside; its linkage picks every dependency's version. */
  root: LoadedPackage | undefined;
  frame: Frame | undefined;
  #depth = 0;
  /** The native function that is running, for locations. */
  #native: LoadedFunction | undefined;

  constructor(store: ModuleStore, context: NativeContext, gas: GasMeterApi) {
    this.store = store;
    this.context = context;
    this.gas = gas;
  }

  /** Runs `fn` to its end and returns its results in order. Throws MoveAbort or VmError with a location. */
  run(
    root: LoadedPackage,
    fn: LoadedFunction,
    typeArgs: readonly TypeTag[],
    args: readonly Value[],
  ): Value[] {
    this.#reset(root);
    for (const arg of args) this.stack.push(arg);
    try {
      this.invoke(fn, typeArgs);
      for (let { frame } = this; frame !== undefined; frame = this.frame) {
        const step = frame.steps[frame.pc] as Step;
        frame.pc += 1;
        this.gas.charge(1);
        step(this, frame);
      }
    } catch (error) {
      throw this.#located(error);
    }
    return this.stack.splice(0);
  }

  /** Forgets a call that failed. */
  #reset(root: LoadedPackage): void {
    this.root = root;
    this.frame = undefined;
    this.#depth = 0;
    this.#native = undefined;
    this.stack.length = 0;
  }

  /** Starts a call whose arguments lie on the stack. A native function has ended when this returns. */
  invoke(fn: LoadedFunction, typeArgs: readonly TypeTag[]): void {
    this.gas.charge(COST.call);
    const { stack } = this;
    const base = stack.length - fn.parameters.length;
    if (fn.native) {
      this.#native = fn;
      const call: NativeCall = { machine: this, fn, typeArgs, args: stack.splice(base) };
      this.gas.charge(COST.native);
      const implementation = nativeFunction(fn);
      for (const result of implementation(call)) stack.push(result);
      this.#native = undefined;
      return;
    }
    this.#depth += 1;
    if (this.#depth > MAX_CALL_DEPTH) throw new VmError('limit', 'call stack is too deep');
    if (base > MAX_STACK_HEIGHT) throw new VmError('limit', 'operand stack is too high');
    const locals = stack.slice(base);
    stack.length = base;
    while (locals.length < fn.locals.length) locals.push(UNSET);
    fn.steps ??= compileFunction(this.store, fn);
    this.frame = { fn, steps: fn.steps, locals, typeArgs, caller: this.frame, pc: 0 };
  }

  /** Ends the running call; its results stay on the stack. */
  leave(frame: Frame): void {
    this.#depth -= 1;
    this.frame = frame.caller;
  }

  /** Takes the topmost value. */
  pop(): Value {
    return this.stack.pop() as Value;
  }

  /** Where execution is: in a native function at its instruction 0. */
  location(): Location | undefined {
    const fn = this.#native ?? this.frame?.fn;
    if (fn === undefined) return undefined;
    const instruction = this.#native === undefined ? Math.max(0, (this.frame?.pc ?? 0) - 1) : 0;
    return { module: fn.module.id, function: fn.name, functionIndex: fn.index, instruction };
  }

  #located(error: unknown): unknown {
    const location = this.location();
    if (location === undefined) return error;
    if (error instanceof NativeAbort) return new MoveAbort(error.code, location);
    if (error instanceof VmError) error.location ??= location;
    return error;
  }
}
