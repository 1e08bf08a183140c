import { blake2b } from '@noble/hashes/blake2.js';
import { addressFromBytes, addressToBytes } from './address.ts';
import { ByteWriter } from './bytes.ts';
import { typeTagBytes } from './type-tag.ts';
import type { Address, TypeTag } from './types.ts';

/** Prefixes that keep the two kinds of derived ids apart. */
const SCOPE = { dynamicField: 0xf0, object: 0xf1 } as const;

export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

/** Id of the `counter`-th object that the transaction with this digest (32 bytes) creates, from 0. */
export function deriveObjectId(digest: Uint8Array, counter: bigint): Address {
  const writer = new ByteWriter();
  writer.byte(SCOPE.object);
  writer.bytes(digest);
  writer.big(counter, 8);
  return addressFromBytes(blake2b256(writer.take()));
}

/** Id of the dynamic field of `parent` whose name is of `type` and has these BCS bytes. */
export function dynamicFieldId(parent: Address, type: TypeTag, name: Uint8Array): Address {
  const writer = new ByteWriter();
  writer.byte(SCOPE.dynamicField);
  writer.bytes(addressToBytes(parent));
  writer.big(BigInt(name.length), 8);
  writer.bytes(name);
  writer.bytes(typeTagBytes(type));
  return addressFromBytes(blake2b256(writer.take()));
}
