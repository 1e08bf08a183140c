import { addressToBytes, normalizeAddress } from './address.ts';
import { ByteWriter } from './bytes.ts';
import { VmError } from './errors.ts';
import type { PrimitiveKind, PrimitiveTag, SignatureType, StructTag, TypeTag } from './types.ts';

/** The one object that stands for each primitive type, so that comparing them is `===`. */
export const PRIMITIVES: { readonly [K in PrimitiveKind]: { readonly kind: K } } = {
  bool: { kind: 'bool' },
  u8: { kind: 'u8' },
  u16: { kind: 'u16' },
  u32: { kind: 'u32' },
  u64: { kind: 'u64' },
  u128: { kind: 'u128' },
  u256: { kind: 'u256' },
  address: { kind: 'address' },
  signer: { kind: 'signer' },
};

/** Limits that stop generic recursion from growing a type for ever. */
const MAX_TYPE_NODES = 256;
const MAX_TYPE_DEPTH = 32;

export function isPrimitiveKind(kind: string): kind is PrimitiveKind {
  return Object.hasOwn(PRIMITIVES, kind);
}
export function isPrimitive(type: SignatureType): type is PrimitiveTag {
  return isPrimitiveKind(type.kind);
}

const keys = new WeakMap<SignatureType, string>();

/**
 * Canonical text: full addresses with 0x, no spaces (`0x0…02::coin::Coin<0x0…02::sui::SUI>`). Two types are the
 * same exactly when their texts are. Parameters read `T0`, references `&` and `&mut `.
 */
export function typeToString(type: SignatureType): string {
  if (isPrimitive(type)) return type.kind;
  let text = keys.get(type);
  if (text === undefined) {
    text = describe(type);
    keys.set(type, text);
  }
  return text;
}

function describe(type: Exclude<SignatureType, PrimitiveTag>): string {
  switch (type.kind) {
    case 'vector':
      return `vector<${typeToString(type.of)}>`;
    case 'parameter':
      return `T${type.index}`;
    case 'reference':
      return `${type.mutable ? '&mut ' : '&'}${typeToString(type.to)}`;
    case 'struct': {
      const args = type.typeArgs.length > 0 ? `<${type.typeArgs.map(typeToString).join(',')}>` : '';
      return `${type.address}::${type.module}::${type.name}${args}`;
    }
  }
}

export function sameType(a: SignatureType, b: SignatureType): boolean {
  return a === b || (a.kind === b.kind && typeToString(a) === typeToString(b));
}

/** Parses canonical text or one with short addresses and spaces. Throws VmError `type_mismatch`. */
export function parseTypeTag(text: string): TypeTag {
  let rest = text;
  const fail = (): never => {
    throw new VmError('type_mismatch', `not a type: ${text}`);
  };
  const take = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(rest);
    if (match === null) return undefined;
    rest = rest.slice(match[0].length);
    return match[1] ?? match[0];
  };
  const parse = (depth: number): TypeTag => {
    if (depth > MAX_TYPE_DEPTH) fail();
    const head = take(/^\s*(0x[0-9a-fA-F]{1,64}|[a-z][a-z0-9]*)\s*/) ?? fail();
    if (isPrimitiveKind(head)) return PRIMITIVES[head];
    if (head === 'vector') {
      if (take(/^</) === undefined) fail();
      const of = parse(depth + 1);
      if (take(/^>\s*/) === undefined) fail();
      return { kind: 'vector', of };
    }
    if (!head.startsWith('0x')) fail();
    const module = take(/^::([A-Za-z_][A-Za-z0-9_]*)/) ?? fail();
    const name = take(/^::([A-Za-z_][A-Za-z0-9_]*)\s*/) ?? fail();
    const typeArgs: TypeTag[] = [];
    if (take(/^</) !== undefined) {
      do typeArgs.push(parse(depth + 1));
      while (take(/^,/) !== undefined);
      if (take(/^>\s*/) === undefined) fail();
    }
    return { kind: 'struct', address: normalizeAddress(head), module, name, typeArgs };
  };
  const type = parse(0);
  if (rest !== '') fail();
  return type;
}

/** True when the type holds no parameter. A reference may be concrete, too. */
export function isConcrete(type: SignatureType): boolean {
  switch (type.kind) {
    case 'parameter':
      return false;
    case 'vector':
      return isConcrete(type.of);
    case 'reference':
      return isConcrete(type.to);
    case 'struct':
      return type.typeArgs.every(isConcrete);
    default:
      return true;
  }
}

/** Fills the type parameters in; the result may hold parameters again when the arguments do. */
export function substitute(type: SignatureType, typeArgs: readonly SignatureType[]): SignatureType {
  switch (type.kind) {
    case 'parameter':
      return typeArgs[type.index] ?? outOfRange(type.index);
    case 'vector': {
      const of = substitute(type.of, typeArgs);
      return of === type.of ? type : { kind: 'vector', of };
    }
    case 'reference': {
      const to = substitute(type.to, typeArgs);
      return to === type.to ? type : { ...type, to };
    }
    case 'struct':
      if (isConcrete(type)) return type;
      return { ...type, typeArgs: type.typeArgs.map((arg) => substitute(arg, typeArgs)) };
    default:
      return type;
  }
}

/** `substitute` with concrete arguments, bounded in size. Throws VmError `limit`. */
export function instantiate(type: SignatureType, typeArgs: readonly TypeTag[]): TypeTag {
  const result = substitute(type, typeArgs);
  checkTypeSize(result);
  return result as TypeTag;
}

/** Throws VmError `limit` when the type is too large or too deep. */
export function checkTypeSize(type: SignatureType): void {
  let nodes = 0;
  const visit = (node: SignatureType, depth: number): void => {
    nodes += 1;
    if (nodes > MAX_TYPE_NODES || depth > MAX_TYPE_DEPTH) throw new VmError('limit', 'type is too large');
    if (node.kind === 'vector') visit(node.of, depth + 1);
    else if (node.kind === 'reference') visit(node.to, depth + 1);
    else if (node.kind === 'struct') for (const arg of node.typeArgs) visit(arg, depth + 1);
  };
  visit(type, 1);
}

function outOfRange(index: number): never {
  throw new VmError('type_mismatch', `type parameter ${index} has no argument`);
}

/** Place of each primitive type in the enum TypeTag of BCS. */
export const TYPE_TAG_INDEX: { readonly [K in PrimitiveKind]: number } = {
  bool: 0,
  u8: 1,
  u64: 2,
  u128: 3,
  address: 4,
  signer: 5,
  u16: 8,
  u32: 9,
  u256: 10,
};
export const VECTOR_INDEX = 6;
export const STRUCT_INDEX = 7;

/** BCS of the type tag, as dynamic field ids hash it. */
export function typeTagBytes(type: TypeTag): Uint8Array {
  const writer = new ByteWriter();
  writeTypeTag(writer, type);
  return writer.take();
}

function writeTypeTag(writer: ByteWriter, type: TypeTag): void {
  if (type.kind === 'vector') {
    writer.byte(VECTOR_INDEX);
    writeTypeTag(writer, type.of);
  } else if (type.kind === 'struct') {
    writer.byte(STRUCT_INDEX);
    writer.bytes(addressToBytes(type.address));
    writer.text(type.module);
    writer.text(type.name);
    writer.length(type.typeArgs.length);
    for (const arg of type.typeArgs) writeTypeTag(writer, arg);
  } else writer.byte(TYPE_TAG_INDEX[type.kind]);
}

/** `vector<u8>`. */
export const BYTES: TypeTag = { kind: 'vector', of: PRIMITIVES.u8 };

export function structTag(
  address: string,
  module: string,
  name: string,
  typeArgs: readonly TypeTag[] = [],
): StructTag {
  return { kind: 'struct', address: normalizeAddress(address), module, name, typeArgs };
}
