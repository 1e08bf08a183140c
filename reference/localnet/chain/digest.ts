import { blake2b } from '@noble/hashes/blake2.js';
import type { Address } from '../vm/types.ts';
import { bytesToAddress, digestToString } from './bytes.ts';
import type { Digest } from './bytes.ts';

/** BLAKE2b with 32 bytes of output. */
export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

export type HashedType =
  | 'TransactionData'
  | 'TransactionEffects'
  | 'TransactionEvents'
  | 'Object'
  | 'CheckpointSummary'
  | 'CheckpointContents';

const encoder = new TextEncoder();
const prefixes = new Map<HashedType, Uint8Array>();

/** Digest of a BCS value: the hash of its type's name, two colons and the bytes. */
export function typedDigestBytes(type: HashedType, bcs: Uint8Array): Uint8Array {
  let prefix = prefixes.get(type);
  if (prefix === undefined) {
    prefix = encoder.encode(`${type}::`);
    prefixes.set(type, prefix);
  }
  return blake2b256(Buffer.concat([prefix, bcs]));
}

export function typedDigest(type: HashedType, bcs: Uint8Array): Digest {
  return digestToString(typedDigestBytes(type, bcs));
}

/** What a user signs: the hash of the intent (transaction data, version 0, Sui) and the transaction. */
export function signingDigest(transactionBcs: Uint8Array): Uint8Array {
  return blake2b256(Buffer.concat([Uint8Array.of(0, 0, 0), transactionBcs]));
}

const HASH_REGULAR_OBJECT_ID = 0xf1;

/** The nth object id of a transaction. */
export function derivedObjectId(transactionDigest: Uint8Array, index: bigint): Address {
  const bytes = Buffer.alloc(41);
  bytes[0] = HASH_REGULAR_OBJECT_ID;
  bytes.set(transactionDigest, 1);
  bytes.writeBigUInt64LE(index, 33);
  return bytesToAddress(blake2b256(bytes));
}

/**
 * Digest that an upgrade ticket names: hash of the sorted hashes of the modules and ids of the dependencies.
 * Modules are hashed as published, with address zero.
 */
export function packageDigest(
  modules: readonly Uint8Array[],
  dependencies: readonly Uint8Array[],
): Uint8Array {
  const parts = [...modules.map((module) => blake2b256(module)), ...dependencies];
  return blake2b256(Buffer.concat(parts.toSorted(Buffer.compare)));
}
