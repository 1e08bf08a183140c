import type { DatatypeHandle } from './pools.ts';
import type { AbilitySet, Address, PrimitiveKind, SignatureType, Value } from './types.ts';

/** Another function, as a call names it. `address` is an original id; linkage decides which version runs. */
export interface FunctionHandle {
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly typeParameters: readonly AbilitySet[];
  readonly parameters: readonly SignatureType[];
  readonly returns: readonly SignatureType[];
}

export type IntegerKind = Extract<PrimitiveKind, `u${string}`>;
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'and' | 'or' | 'xor';
export type ShiftOperator = 'shl' | 'shr';
export type OrderOperator = 'lt' | 'gt' | 'le' | 'ge';

/**
 * The instructions with every index resolved: what the type checker reads and the compiler turns into steps. A
 * bytecode and its generic form are one instruction here, as are the forms for each kind of reference.
 */
export type Instruction =
  | { readonly op: 'pop' | 'ret' | 'nop' | 'abort' | 'not' }
  | { readonly op: 'branch' | 'branch_true' | 'branch_false'; readonly target: number }
  | { readonly op: 'load'; readonly type: SignatureType; readonly value: Value }
  | { readonly op: 'cast'; readonly to: IntegerKind }
  | { readonly op: 'copy_local' | 'move_local' | 'store_local'; readonly local: number }
  | { readonly op: 'borrow_local'; readonly local: number; readonly mutable: boolean }
  | { readonly op: 'read_ref' | 'write_ref' | 'freeze_ref' }
  | { readonly op: 'call'; readonly target: FunctionHandle; readonly typeArgs: readonly SignatureType[] }
  | {
      readonly op: 'pack' | 'unpack';
      readonly type: SignatureType;
      readonly fields: readonly SignatureType[];
    }
  | {
      readonly op: 'borrow_field';
      readonly mutable: boolean;
      readonly owner: SignatureType;
      readonly index: number;
      readonly field: SignatureType;
    }
  | { readonly op: 'arithmetic'; readonly operator: ArithmeticOperator }
  | { readonly op: 'shift'; readonly operator: ShiftOperator }
  | { readonly op: 'order'; readonly operator: OrderOperator }
  | { readonly op: 'logic'; readonly operator: 'and' | 'or' }
  | { readonly op: 'equal'; readonly negate: boolean }
  | { readonly op: 'vec_pack' | 'vec_unpack'; readonly element: SignatureType; readonly count: number }
  | { readonly op: 'vec_borrow'; readonly element: SignatureType; readonly mutable: boolean }
  | { readonly op: 'vec_len' | 'vec_push' | 'vec_pop' | 'vec_swap'; readonly element: SignatureType }
  | {
      readonly op: 'pack_variant';
      readonly type: SignatureType;
      readonly tag: number;
      readonly fields: readonly SignatureType[];
    }
  | {
      readonly op: 'unpack_variant';
      readonly by: 'value' | 'reference' | 'mutable_reference';
      readonly type: SignatureType;
      readonly tag: number;
      readonly fields: readonly SignatureType[];
    }
  | { readonly op: 'variant_switch'; readonly head: DatatypeHandle; readonly targets: readonly number[] };
