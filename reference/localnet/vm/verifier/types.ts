import { abilitiesOf } from '../abilities.ts';
import type { DatatypeSource } from '../abilities.ts';
import { BITS } from '../compile/arithmetic.ts';
import type { Instruction } from '../ir.ts';
import type { LoadedFunction } from '../loader.ts';
import { malformed } from '../pools.ts';
import { PRIMITIVES, sameType, substitute, typeToString } from '../type-tag.ts';
import type { AbilityName, SignatureType } from '../types.ts';
import { ABILITY } from '../types.ts';
import { checkType, checkTypeArgs } from './datatypes.ts';
import { blockStarts } from './structure.ts';

const { bool, u8, u64 } = PRIMITIVES;

/** The member of the union that has this `op` among its own. */
type WithOp<Op, I extends Instruction = Instruction> = I extends Instruction
  ? Op extends I['op']
    ? I
    : never
  : never;

/** Gives the type that the compiler wants to know of, if any. */
type Handler<Op extends Instruction['op']> = (
  checker: TypeChecker,
  instruction: WithOp<Op>,
) => SignatureType | undefined | void;

/**
 * Runs the types of one function's code instead of its values. The operand stack is empty between basic blocks, as
 * Move demands, so every block stands for itself.
 */
export class TypeChecker {
  readonly #source: DatatypeSource;
  readonly fn: LoadedFunction;
  #stack: SignatureType[] = [];
  #at = 0;

  constructor(source: DatatypeSource, fn: LoadedFunction) {
    this.#source = source;
    this.fn = fn;
  }

  /** The operand types for the compiler. Throws VmError `verification`. */
  check(): (SignatureType | undefined)[] {
    const { fn } = this;
    for (const type of [...fn.locals, ...fn.returns]) this.wellFormed(type);
    const code = fn.code ?? [];
    const starts = new Set(blockStarts(code));
    return code.map((instruction, at) => {
      this.#at = at;
      if (starts.has(at) && this.#stack.length > 0) this.fail('begins a block on a stack that is not empty');
      const handler = HANDLERS[instruction.op] as (
        checker: TypeChecker,
        of: Instruction,
      ) => SignatureType | void;
      return handler(this, instruction) ?? undefined;
    });
  }

  fail(what: string): never {
    malformed(`${this.fn.name}: instruction ${this.#at} ${what}`);
  }
  push(type: SignatureType): void {
    this.#stack.push(type);
  }
  pop(): SignatureType {
    return this.#stack.pop() ?? this.fail('takes a value from an empty stack');
  }
  expect(wanted: SignatureType): void {
    const got = this.pop();
    if (!sameType(got, wanted)) this.fail(`takes ${typeToString(wanted)} but finds ${typeToString(got)}`);
  }
  /** Pops one value for each type, the last one first. */
  expectAll(wanted: readonly SignatureType[]): void {
    for (const type of wanted.toReversed()) this.expect(type);
  }
  popInteger(): SignatureType {
    const type = this.pop();
    if (!Object.hasOwn(BITS, type.kind)) this.fail(`takes an integer but finds ${typeToString(type)}`);
    return type;
  }
  /** Pops a reference and gives what it refers to. */
  popReference(mutable: boolean): SignatureType {
    const type = this.pop();
    if (type.kind !== 'reference') this.fail(`takes a reference but finds ${typeToString(type)}`);
    if (mutable && !type.mutable) this.fail('takes a mutable reference but finds another');
    return type.to;
  }
  expectReference(to: SignatureType, mutable: boolean): void {
    const got = this.popReference(mutable);
    if (!sameType(got, to)) {
      this.fail(`takes a reference to ${typeToString(to)} but finds one to ${typeToString(got)}`);
    }
  }
  needs(type: SignatureType, ability: AbilityName): void {
    const has = abilitiesOf(this.#source, type, this.fn.typeParameters);
    if ((has & ABILITY[ability]) === 0) this.fail(`needs ${ability} of ${typeToString(type)}`);
  }
  wellFormed(type: SignatureType): void {
    checkType(this.#source, type, this.fn.typeParameters);
  }
  typeArgs(given: readonly SignatureType[], wanted: readonly number[]): void {
    checkTypeArgs(this.#source, given, wanted, this.fn.typeParameters);
  }
  local(index: number): SignatureType {
    return this.fn.locals[index] as SignatureType;
  }
  endStack(): void {
    if (this.#stack.length > 0) this.fail('leaves values on the stack');
  }
  clear(): void {
    this.#stack = [];
  }
}

const reference = (to: SignatureType, mutable: boolean): SignatureType => ({
  kind: 'reference',
  mutable,
  to,
});

const HANDLERS: { readonly [Op in Instruction['op']]: Handler<Op> } = {
  nop: () => {},
  pop: (c) => c.needs(c.pop(), 'drop'),
  ret: (c) => {
    c.expectAll(c.fn.returns);
    c.endStack();
  },
  abort: (c) => {
    c.expect(u64);
    // What is left on the stack vanishes with the execution.
    c.clear();
  },
  branch: (c) => c.endStack(),
  branch_true: (c) => {
    c.expect(bool);
    c.endStack();
  },
  branch_false: (c) => {
    c.expect(bool);
    c.endStack();
  },
  variant_switch: (c, { head }) => {
    const type = c.popReference(false);
    const same =
      type.kind === 'struct' &&
      type.name === head.name &&
      type.module === head.owner.name &&
      type.address === head.address;
    if (!same) c.fail(`switches over ${head.name} but finds ${typeToString(type)}`);
    c.endStack();
  },
  load: (c, { type }) => c.push(type),
  not: (c) => {
    c.expect(bool);
    c.push(bool);
  },
  logic: (c) => {
    c.expect(bool);
    c.expect(bool);
    c.push(bool);
  },
  arithmetic: (c) => {
    const type = c.popInteger();
    c.expect(type);
    c.push(type);
    return type;
  },
  shift: (c) => {
    c.expect(u8);
    const type = c.popInteger();
    c.push(type);
    return type;
  },
  order: (c) => {
    c.expect(c.popInteger());
    c.push(bool);
  },
  cast: (c, { to }) => {
    const type = c.popInteger();
    c.push(PRIMITIVES[to]);
    return type;
  },
  equal: (c) => {
    const type = c.pop();
    c.expect(type);
    c.needs(type, 'drop');
    c.push(bool);
    return type;
  },
  copy_local: (c, { local }) => {
    c.needs(c.local(local), 'copy');
    c.push(c.local(local));
  },
  move_local: (c, { local }) => c.push(c.local(local)),
  store_local: (c, { local }) => c.expect(c.local(local)),
  borrow_local: (c, { local, mutable }) => {
    const type = c.local(local);
    if (type.kind === 'reference') c.fail('borrows a reference');
    c.push(reference(type, mutable));
  },
  borrow_field: (c, { owner, field, mutable }) => {
    c.wellFormed(owner);
    c.expectReference(owner, mutable);
    c.push(reference(field, mutable));
  },
  read_ref: (c) => {
    const type = c.popReference(false);
    c.needs(type, 'copy');
    c.push(type);
    return reference(type, false);
  },
  write_ref: (c) => {
    const type = c.popReference(true);
    c.expect(type);
    c.needs(type, 'drop');
  },
  freeze_ref: (c) => c.push(reference(c.popReference(true), false)),
  call: (c, { target, typeArgs }) => {
    c.typeArgs(typeArgs, target.typeParameters);
    c.expectAll(target.parameters.map((type) => substitute(type, typeArgs)));
    for (const type of target.returns) c.push(substitute(type, typeArgs));
  },
  pack: (c, { type, fields }) => {
    c.wellFormed(type);
    c.expectAll(fields);
    c.push(type);
  },
  unpack: (c, { type, fields }) => {
    c.wellFormed(type);
    c.expect(type);
    for (const field of fields) c.push(field);
  },
  pack_variant: (c, { type, fields }) => {
    c.wellFormed(type);
    c.expectAll(fields);
    c.push(type);
  },
  unpack_variant: (c, { type, fields, by }) => {
    c.wellFormed(type);
    if (by === 'value') c.expect(type);
    else c.expectReference(type, by === 'mutable_reference');
    for (const field of fields) c.push(by === 'value' ? field : reference(field, by === 'mutable_reference'));
  },
  vec_pack: (c, { element, count }) => {
    c.wellFormed(element);
    for (let i = 0; i < count; i += 1) c.expect(element);
    c.push({ kind: 'vector', of: element });
  },
  vec_unpack: (c, { element, count }) => {
    c.expect({ kind: 'vector', of: element });
    for (let i = 0; i < count; i += 1) c.push(element);
  },
  vec_len: (c, { element }) => {
    c.expectReference({ kind: 'vector', of: element }, false);
    c.push(u64);
  },
  vec_borrow: (c, { element, mutable }) => {
    c.expect(u64);
    c.expectReference({ kind: 'vector', of: element }, mutable);
    c.push(reference(element, mutable));
  },
  vec_push: (c, { element }) => {
    c.expect(element);
    c.expectReference({ kind: 'vector', of: element }, true);
  },
  vec_pop: (c, { element }) => {
    c.expectReference({ kind: 'vector', of: element }, true);
    c.push(element);
  },
  vec_swap: (c, { element }) => {
    c.expect(u64);
    c.expect(u64);
    c.expectReference({ kind: 'vector', of: element }, true);
  },
};
