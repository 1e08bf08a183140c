import type { RawCode, RawInstruction } from './binary.ts';
import { decode } from './bcs.ts';
import { ByteReader } from './bytes.ts';
import type { ArithmeticOperator, Instruction, IntegerKind, OrderOperator } from './ir.ts';
import { entry, malformed } from './pools.ts';
import type { Pools } from './pools.ts';
import { isConcrete, PRIMITIVES, substitute, typeToString } from './type-tag.ts';
import type { Layout, SignatureType, Value } from './types.ts';

const PLAIN: Readonly<Record<string, Instruction>> = {
  Pop: { op: 'pop' },
  Ret: { op: 'ret' },
  Nop: { op: 'nop' },
  Abort: { op: 'abort' },
  Not: { op: 'not' },
  LdTrue: { op: 'load', type: PRIMITIVES.bool, value: true },
  LdFalse: { op: 'load', type: PRIMITIVES.bool, value: false },
  ReadRef: { op: 'read_ref' },
  WriteRef: { op: 'write_ref' },
  FreezeRef: { op: 'freeze_ref' },
  And: { op: 'logic', operator: 'and' },
  Or: { op: 'logic', operator: 'or' },
  Eq: { op: 'equal', negate: false },
  Neq: { op: 'equal', negate: true },
  Shl: { op: 'shift', operator: 'shl' },
  Shr: { op: 'shift', operator: 'shr' },
  ...named<ArithmeticOperator>('arithmetic', {
    Add: 'add',
    Sub: 'sub',
    Mul: 'mul',
    Div: 'div',
    Mod: 'mod',
    BitAnd: 'and',
    BitOr: 'or',
    Xor: 'xor',
  }),
  ...named<OrderOperator>('order', { Lt: 'lt', Gt: 'gt', Le: 'le', Ge: 'ge' }),
  ...casts(),
};

function named<O extends ArithmeticOperator | OrderOperator>(
  op: O extends ArithmeticOperator ? 'arithmetic' : 'order',
  operators: Readonly<Record<string, O>>,
): Record<string, Instruction> {
  const list = Object.entries(operators).map(([name, operator]) => [name, { op, operator }]);
  return Object.fromEntries(list) as Record<string, Instruction>;
}

function casts(): Record<string, Instruction> {
  const kinds: readonly IntegerKind[] = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'];
  return Object.fromEntries(kinds.map((to) => [`CastU${to.slice(1)}`, { op: 'cast', to }]));
}

type Resolve = (pools: Pools, operand: unknown, code: RawCode) => Instruction;

function literal(kind: IntegerKind): Resolve {
  return (_, operand) => {
    const wide = kind === 'u64' || kind === 'u128' || kind === 'u256';
    let value = operand as Value;
    // 256-bit literals come as little-endian bytes, 64-bit ones as bigint.
    if (Array.isArray(operand)) value = new ByteReader(Uint8Array.from(operand as number[])).big(32);
    else if (wide) value = BigInt(operand as bigint);
    return { op: 'load', type: PRIMITIVES[kind], value };
  };
}

function local(op: 'copy_local' | 'move_local' | 'store_local'): Resolve {
  return (_, operand) => ({ op, local: operand as number });
}
function borrowLocal(mutable: boolean): Resolve {
  return (_, operand) => ({ op: 'borrow_local', local: operand as number, mutable });
}
function branch(op: 'branch' | 'branch_true' | 'branch_false'): Resolve {
  return (_, operand) => ({ op, target: operand as number });
}

/** The struct a pack, unpack or borrow names, with its fields. `generic` when the operand is an instantiation. */
function structOf(
  pools: Pools,
  operand: unknown,
  generic: boolean,
): readonly [SignatureType, SignatureType[]] {
  const instance = generic
    ? entry(pools.raw.struct_def_instantiations, operand, 'struct instantiations')
    : { def: operand as number, type_parameters: -1 };
  const definition = entry(pools.raw.struct_defs, instance.def, 'struct definitions');
  const typeArgs = generic ? pools.signature(instance.type_parameters) : [];
  const type = pools.datatype(definition.struct_handle, typeArgs);
  return [type, pools.structFields(instance.def).map((field) => substitute(field.type, typeArgs))];
}

function struct(op: 'pack' | 'unpack', generic: boolean): Resolve {
  return (pools, operand) => {
    const [type, fields] = structOf(pools, operand, generic);
    return { op, type, fields };
  };
}

function borrowField(mutable: boolean, generic: boolean): Resolve {
  return (pools, operand) => {
    const instance = generic
      ? entry(pools.raw.field_instantiations, operand, 'field instantiations')
      : { handle: operand as number, type_parameters: -1 };
    const handle = entry(pools.raw.field_handles, instance.handle, 'field handles');
    const definition = entry(pools.raw.struct_defs, handle.owner, 'struct definitions');
    const typeArgs = generic ? pools.signature(instance.type_parameters) : [];
    const field = entry(pools.structFields(handle.owner), handle.field, 'fields');
    return {
      op: 'borrow_field',
      mutable,
      owner: pools.datatype(definition.struct_handle, typeArgs),
      index: handle.field,
      field: substitute(field.type, typeArgs),
    };
  };
}

function variantOf(pools: Pools, operand: unknown, generic: boolean) {
  const pool = generic ? pools.raw.variant_instantiation_handles : pools.raw.variant_handles;
  const handle = entry(pool, operand, 'variant handles');
  const instance = generic
    ? entry(pools.raw.enum_def_instantiations, handle.enum_def, 'enum instantiations')
    : { def: handle.enum_def, type_parameters: -1 };
  const definition = entry(pools.raw.enum_defs, instance.def, 'enum definitions');
  const typeArgs = generic ? pools.signature(instance.type_parameters) : [];
  const variant = entry(definition.variants, handle.variant, 'variants');
  return {
    type: pools.datatype(definition.enum_handle, typeArgs),
    tag: handle.variant,
    fields: pools.fields(variant.fields).map((field) => substitute(field.type, typeArgs)),
  };
}

function packVariant(generic: boolean): Resolve {
  return (pools, operand) => ({ op: 'pack_variant', ...variantOf(pools, operand, generic) });
}
function unpackVariant(by: 'value' | 'reference' | 'mutable_reference', generic: boolean): Resolve {
  return (pools, operand) => ({ op: 'unpack_variant', by, ...variantOf(pools, operand, generic) });
}

function vector(op: 'vec_len' | 'vec_push' | 'vec_pop' | 'vec_swap'): Resolve {
  return (pools, operand) => ({ op, element: pools.element(operand) });
}
function vectorBorrow(mutable: boolean): Resolve {
  return (pools, operand) => ({ op: 'vec_borrow', element: pools.element(operand), mutable });
}
function vectorOf(op: 'vec_pack' | 'vec_unpack'): Resolve {
  return (pools, operand) => {
    const [signature, count] = operand as [number, bigint];
    if (BigInt(count) > 0xffffn) malformed(`${op} of ${count} elements`);
    return { op, element: pools.element(signature), count: Number(count) };
  };
}

const WITH_OPERAND: Readonly<Record<string, Resolve>> = {
  LdU8: literal('u8'),
  LdU16: literal('u16'),
  LdU32: literal('u32'),
  LdU64: literal('u64'),
  LdU128: literal('u128'),
  LdU256: literal('u256'),
  LdConst: (pools, operand) => {
    const constant = entry(pools.raw.constant_pool, operand, 'constants');
    const type = pools.type(constant.type_, false);
    return { op: 'load', type, value: constantValue(type, Uint8Array.from(constant.data)) };
  },
  CopyLoc: local('copy_local'),
  MoveLoc: local('move_local'),
  StLoc: local('store_local'),
  MutBorrowLoc: borrowLocal(true),
  ImmBorrowLoc: borrowLocal(false),
  Branch: branch('branch'),
  BrTrue: branch('branch_true'),
  BrFalse: branch('branch_false'),
  Call: (pools, operand) => ({
    op: 'call',
    target: entry(pools.functions, operand, 'function handles'),
    typeArgs: [],
  }),
  CallGeneric: (pools, operand) => {
    const instance = entry(pools.raw.function_instantiations, operand, 'function instantiations');
    return {
      op: 'call',
      target: entry(pools.functions, instance.handle, 'function handles'),
      typeArgs: pools.signature(instance.type_parameters),
    };
  },
  Pack: struct('pack', false),
  PackGeneric: struct('pack', true),
  Unpack: struct('unpack', false),
  UnpackGeneric: struct('unpack', true),
  MutBorrowField: borrowField(true, false),
  MutBorrowFieldGeneric: borrowField(true, true),
  ImmBorrowField: borrowField(false, false),
  ImmBorrowFieldGeneric: borrowField(false, true),
  PackVariant: packVariant(false),
  PackVariantGeneric: packVariant(true),
  UnpackVariant: unpackVariant('value', false),
  UnpackVariantGeneric: unpackVariant('value', true),
  UnpackVariantImmRef: unpackVariant('reference', false),
  UnpackVariantGenericImmRef: unpackVariant('reference', true),
  UnpackVariantMutRef: unpackVariant('mutable_reference', false),
  UnpackVariantGenericMutRef: unpackVariant('mutable_reference', true),
  VariantSwitch: (pools, operand, code) => {
    const table = entry(code.jump_tables, operand, 'jump tables');
    const definition = entry(pools.raw.enum_defs, table.head_enum, 'enum definitions');
    const targets = table.jump_table.Full;
    if (targets.length !== definition.variants.length) malformed('jump table does not cover every variant');
    const head = entry(pools.datatypes, definition.enum_handle, 'datatype handles');
    return { op: 'variant_switch', head, targets };
  },
  VecPack: vectorOf('vec_pack'),
  VecUnpack: vectorOf('vec_unpack'),
  VecLen: vector('vec_len'),
  VecPushBack: vector('vec_push'),
  VecPopBack: vector('vec_pop'),
  VecSwap: vector('vec_swap'),
  VecImmBorrow: vectorBorrow(false),
  VecMutBorrow: vectorBorrow(true),
};

/** Resolves the operands of a function's code. Throws VmError `verification` for an index that leads nowhere. */
export function resolveCode(pools: Pools, code: RawCode): Instruction[] {
  return code.code.map((raw) => resolveInstruction(pools, raw, code));
}

function resolveInstruction(pools: Pools, raw: RawInstruction, code: RawCode): Instruction {
  if (typeof raw === 'string') return PLAIN[raw] ?? malformed(`instruction ${raw} is not supported`);
  const [[name, operand] = ['nothing', undefined]] = Object.entries(raw);
  const resolve = WITH_OPERAND[name];
  // Everything unknown here is an instruction on global storage, which Sui does not have.
  if (resolve === undefined) malformed(`instruction ${name} is not supported`);
  return resolve(pools, operand, code);
}

/** Constants hold primitive types and vectors of such only. */
function constantValue(type: SignatureType, data: Uint8Array): Value {
  let inner = type;
  while (inner.kind === 'vector') inner = inner.of;
  if (!isConcrete(type) || inner.kind === 'struct' || inner.kind === 'signer')
    malformed('constant of such a type');
  try {
    return decode(type as Layout, data);
  } catch {
    return malformed(`constant is no ${typeToString(type)}`);
  }
}
