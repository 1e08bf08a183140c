import type { Address, SignatureType, StructTag, TypeTag } from '../vm/index.ts';
import { parseAddress } from './bytes.ts';

export const STD_ADDRESS: Address = `0x${'1'.padStart(64, '0')}`;
export const SUI_ADDRESS: Address = `0x${'2'.padStart(64, '0')}`;

/** A struct of the framework package 0x2. */
export function suiStruct(module: string, name: string, ...typeArgs: TypeTag[]): StructTag {
  return { kind: 'struct', address: SUI_ADDRESS, module, name, typeArgs };
}

export const SUI_TYPE = suiStruct('sui', 'SUI');
export const SUI_COIN_TYPE = suiStruct('coin', 'Coin', SUI_TYPE);
export const ADDRESS_TYPE: TypeTag = { kind: 'address' };
export const U64_TYPE: TypeTag = { kind: 'u64' };

const names = new WeakMap<TypeTag, string>();

/** Canonical text with full-length addresses, as a node writes types. */
export function typeName(tag: TypeTag): string {
  if (tag.kind !== 'struct') return tag.kind === 'vector' ? `vector<${typeName(tag.of)}>` : tag.kind;
  let name = names.get(tag);
  if (name === undefined) {
    const args = tag.typeArgs.length === 0 ? '' : `<${tag.typeArgs.map(typeName).join(',')}>`;
    name = `${tag.address}::${tag.module}::${tag.name}${args}`;
    names.set(tag, name);
  }
  return name;
}

export function sameType(a: TypeTag, b: TypeTag): boolean {
  return a === b || typeName(a) === typeName(b);
}

/** A type written as text, short or long addresses. Undefined when it is no type. */
export function parseTypeName(text: string): TypeTag | undefined {
  try {
    return parseType(text.replaceAll(/\s/g, ''));
  } catch {
    return undefined;
  }
}

const PRIMITIVES = new Set(['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer']);
const STRUCT = /^(0x[0-9a-fA-F]{1,64})::([A-Za-z_]\w*)::([A-Za-z_]\w*)(?:<(.+)>)?$/;

function parseType(text: string): TypeTag {
  if (PRIMITIVES.has(text)) return { kind: text as 'u8' };
  if (text.startsWith('vector<') && text.endsWith('>'))
    return { kind: 'vector', of: parseType(text.slice(7, -1)) };
  const match = STRUCT.exec(text);
  const address = match && parseAddress(match[1] as string);
  if (!match || address === undefined) throw new SyntaxError(`not a Move type: ${text}`);
  return {
    kind: 'struct',
    address: address as Address,
    module: match[2] as string,
    name: match[3] as string,
    typeArgs: match[4] === undefined ? [] : splitArguments(match[4]).map(parseType),
  };
}

/** Splits at commas that are inside no angle brackets. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '<') depth++;
    else if (char === '>') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** The coin's type when the tag is `0x2::coin::Coin<T>`. */
export function coinTypeOf(tag: TypeTag): TypeTag | undefined {
  if (tag.kind !== 'struct' || tag.module !== 'coin' || tag.name !== 'Coin' || tag.address !== SUI_ADDRESS)
    return undefined;
  return tag.typeArgs[0];
}

/** True for a parameter `&TxContext` or `&mut TxContext`. */
export function isTxContext(type: SignatureType): boolean {
  const inner = type.kind === 'reference' ? type.to : undefined;
  return (
    inner?.kind === 'struct' &&
    inner.address === SUI_ADDRESS &&
    inner.module === 'tx_context' &&
    inner.name === 'TxContext'
  );
}

/** Fills the type parameters of a signature type that is no reference. Throws RangeError for a missing argument. */
export function instantiate(type: SignatureType, typeArgs: readonly TypeTag[]): TypeTag {
  switch (type.kind) {
    case 'parameter': {
      const arg = typeArgs[type.index];
      if (arg === undefined) throw new RangeError(`no type argument ${type.index}`);
      return arg;
    }
    case 'reference':
      throw new RangeError('a reference has no value type');
    case 'vector':
      return { kind: 'vector', of: instantiate(type.of, typeArgs) };
    case 'struct':
      if (type.typeArgs.length === 0) return type as StructTag;
      return { ...type, typeArgs: type.typeArgs.map((arg) => instantiate(arg, typeArgs)) };
    default:
      return type;
  }
}
