import { createPublicKey, verify } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { addressFromBytes, addressToBytes } from '../address.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { NativeAbort } from '../errors.ts';
import { COST } from '../gas.ts';
import { blake2b256 } from '../ids.ts';
import { arg, bytesOf, referent } from './native.ts';
import type { NativeModule } from './native.ts';
import { hashFunction } from './std.ts';

export const hash: NativeModule = {
  blake2b256: hashFunction(blake2b256, 'reference'),
  keccak256: hashFunction(keccak_256, 'reference'),
};

/** What precedes the 32 key bytes in the DER form of an Ed25519 public key. */
const ED25519_DER = Buffer.from('302a300506032b6570032100', 'hex');

function verifyEd25519(signature: Uint8Array, publicKey: Uint8Array, message: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  try {
    const der = Buffer.concat([ED25519_DER, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    // Bytes that are no point of the curve verify nothing.
    return false;
  }
}

export const ed25519: NativeModule = {
  ed25519_verify: (call) => {
    call.machine.gas.charge(COST.signature);
    const [signature, publicKey, message] = [0, 1, 2].map((i) => bytesOf(call, referent(call, i)));
    return [verifyEd25519(signature as Uint8Array, publicKey as Uint8Array, message as Uint8Array)];
  },
};

const EAddressParseError = 0;

/** `sui::address`; the integer is the address read as one big-endian number. */
export const address: NativeModule = {
  to_u256: (call) => [new ByteReader(addressToBytes(arg(call, 0) as string).toReversed()).big(32)],
  from_u256: (call) => {
    const writer = new ByteWriter();
    writer.big(arg(call, 0) as bigint, 32);
    return [addressFromBytes(writer.take().toReversed())];
  },
  from_bytes: (call) => {
    const bytes = bytesOf(call, arg(call, 0));
    if (bytes.length !== 32) throw new NativeAbort(EAddressParseError);
    return [addressFromBytes(bytes)];
  },
};
