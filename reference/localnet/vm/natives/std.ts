import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { NativeAbort } from '../errors.ts';
import { COST } from '../gas.ts';
import { typeToString } from '../type-tag.ts';
import type { StructTag, TypeTag, Value } from '../types.ts';
import { fromBytes } from '../values.ts';
import { arg, bytesOf, referent, typeArg } from './native.ts';
import type { NativeCall, NativeFunction, NativeModule } from './native.ts';

export const bcs: NativeModule = {
  to_bytes: (call) => {
    const { store, gas } = call.machine;
    const bytes = store.serialize(typeArg(call, 0), referent(call, 0));
    gas.charge(1 + Math.floor(bytes.length / COST.elementsPerUnit));
    return [fromBytes(bytes)];
  },
};

/** A hash of bytes given by value or by reference. */
export function hashFunction(
  digest: (bytes: Uint8Array) => Uint8Array,
  by: 'value' | 'reference',
): NativeFunction {
  return (call) => {
    call.machine.gas.charge(COST.hash);
    const bytes = bytesOf(call, by === 'value' ? arg(call, 0) : referent(call, 0));
    return [fromBytes(digest(bytes))];
  };
}

export const hash: NativeModule = {
  sha2_256: hashFunction((bytes) => createHash('sha256').update(bytes).digest(), 'value'),
  sha3_256: hashFunction((bytes) => createHash('sha3-256').update(bytes).digest(), 'value'),
};

/** True unless byte `index` continues a character; the end is a boundary, too. */
function isBoundary(bytes: Uint8Array, index: bigint): boolean {
  if (index === BigInt(bytes.length)) return true;
  return index < BigInt(bytes.length) && ((bytes[Number(index)] as number) & 0xc0) !== 0x80;
}

export const string: NativeModule = {
  internal_check_utf8: (call) => [isUtf8(bytesOf(call, referent(call, 0)))],
  internal_is_char_boundary: (call) => [isBoundary(bytesOf(call, referent(call, 0)), arg(call, 1) as bigint)],
  internal_sub_string: (call) => {
    const bytes = referent(call, 0) as Value[];
    call.machine.gas.charge(1 + Math.floor(bytes.length / COST.elementsPerUnit));
    return [bytes.slice(Number(arg(call, 1)), Number(arg(call, 2)))];
  },
  internal_index_of: (call) => {
    const text = Buffer.from(bytesOf(call, referent(call, 0)));
    const index = text.indexOf(bytesOf(call, referent(call, 1)));
    return [BigInt(index === -1 ? text.length : index)];
  },
};

/** The type with every struct named by the id that `home` gives. */
function rename(type: TypeTag, home: (struct: StructTag) => string): TypeTag {
  if (type.kind === 'vector') return { kind: 'vector', of: rename(type.of, home) };
  if (type.kind !== 'struct') return type;
  return { ...type, address: home(type), typeArgs: type.typeArgs.map((inner) => rename(inner, home)) };
}

/** `TypeName {name: ascii::String {bytes}}`; addresses come without 0x. */
function typeNameOf(type: TypeTag): Value {
  return [[fromBytes(Buffer.from(typeToString(type).replace(/(?<!\w)0x/g, '')))]];
}

const originalId =
  (call: NativeCall) =>
  (struct: StructTag): string =>
    call.machine.store.originalIdOf(struct);

const ENonModuleType = 0;
function structArg(call: NativeCall): StructTag {
  const type = typeArg(call, 0);
  if (type.kind !== 'struct') throw new NativeAbort(ENonModuleType);
  return type;
}

const withDefiningIds: NativeFunction = (call) => [typeNameOf(typeArg(call, 0))];
const withOriginalIds: NativeFunction = (call) => [typeNameOf(rename(typeArg(call, 0), originalId(call)))];

export const typeName: NativeModule = {
  with_defining_ids: withDefiningIds,
  with_original_ids: withOriginalIds,
  // The same by the names they had before.
  get_with_original_ids: withOriginalIds,
  get: withDefiningIds,
  defining_id: (call) => [structArg(call).address],
  original_id: (call) => [originalId(call)(structArg(call))],
};

export const debug: NativeModule = {
  print: (call) => {
    const plain = JSON.stringify(referent(call, 0), (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    call.machine.context.debug?.(`${typeToString(typeArg(call, 0))} ${plain}`);
    return [];
  },
  print_stack_trace: () => [],
};
