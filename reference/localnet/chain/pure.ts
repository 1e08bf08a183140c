import type { PackageStore, TypeTag, Value } from '../vm/index.ts';
import { isVmFailure } from '../vm/index.ts';
import { argumentError } from './errors.ts';
import { STD_ADDRESS, SUI_ADDRESS } from './type-tags.ts';

/** The struct types besides primitives that callers may write as bytes. */
function pureStruct(type: TypeTag & { kind: 'struct' }): 'text' | 'ascii' | 'option' | 'id' | undefined {
  const name = `${type.module}::${type.name}`;
  if (type.address === STD_ADDRESS) {
    if (name === 'string::String') return 'text';
    if (name === 'ascii::String') return 'ascii';
    if (name === 'option::Option') return 'option';
  }
  return type.address === SUI_ADDRESS && name === 'object::ID' ? 'id' : undefined;
}

/** Whether a parameter of this type takes bytes given in the transaction. */
function isPureType(type: TypeTag): boolean {
  switch (type.kind) {
    case 'signer':
      return false;
    case 'vector':
      return isPureType(type.of);
    case 'struct': {
      const kind = pureStruct(type);
      return kind === 'option' ? isPureType(type.typeArgs[0] as TypeTag) : kind !== undefined;
    }
    default:
      return true;
  }
}

/**
 * Reads bytes from the transaction as a value of a parameter's type.
 * @param index The argument's place in its command, for the error.
 * Throws ExecutionFailure when the type takes no bytes or the bytes do not fit.
 */
export function decodePure(packages: PackageStore, type: TypeTag, bytes: Uint8Array, index: number): Value {
  if (!isPureType(type)) throw argumentError(index, 'InvalidUsageOfPureArg');
  let value: Value;
  try {
    value = packages.deserialize(type, bytes);
  } catch (error) {
    if (isVmFailure(error)) throw argumentError(index, 'InvalidBCSBytes');
    throw error;
  }
  if (!validText(type, value)) throw argumentError(index, 'InvalidBCSBytes');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** BCS alone would let bytes through that no constructor of the string types accepts. */
function validText(type: TypeTag, value: Value): boolean {
  if (type.kind === 'vector') {
    return isPrimitiveKind(type.of) || (value as Value[]).every((element) => validText(type.of, element));
  }
  if (type.kind !== 'struct') return true;
  const [field] = value as Value[];
  switch (pureStruct(type)) {
    case 'text':
      try {
        utf8.decode(Uint8Array.from(field as number[]));
        return true;
      } catch {
        return false;
      }
    case 'ascii':
      return (field as number[]).every((byte) => byte < 0x80);
    case 'option':
      return (field as Value[]).every((element) => validText(type.typeArgs[0] as TypeTag, element));
    default:
      return true;
  }
}

function isPrimitiveKind(type: TypeTag): boolean {
  return type.kind !== 'vector' && type.kind !== 'struct';
}
