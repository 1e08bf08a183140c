import { Ed25519PublicKey } from '@mysten/sui/keypairs/ed25519';
import { blake2b } from '@noble/hashes/blake2.js';
import { base64url } from '../../drivers/credential.ts';
import { partsOf } from './asking.ts';

/** Orders of the groups, to write one signature in a second way. */
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const SECP_ORDER = {
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  secp256r1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
} as const;

/** Ed25519 keys under which S = 1, R = B verifies whatever was signed, by name. */
export const WEAK_KEYS = [
  ['of order one', `01${'00'.repeat(31)}`],
  ['of order one, not reduced', `ee${'ff'.repeat(30)}7f`],
  ['of order one with a sign', `01${'00'.repeat(30)}80`],
] as const;

/** The base point, then 1. */
const UNIVERSAL_SIGNATURE = Buffer.from(`58${'66'.repeat(31)}01${'00'.repeat(31)}`, 'hex');

/** Address and serialized signature of a weak key: nobody knows a secret, everybody can sign. */
export function weakSigner(keyHex: string): { address: string; signature: string } {
  const key = Buffer.from(keyHex, 'hex');
  return {
    address: new Ed25519PublicKey(key).toSuiAddress(),
    signature: base64url(Buffer.concat([Uint8Array.of(0), UNIVERSAL_SIGNATURE, key])),
  };
}

/** The same Ed25519 signature with S + L in place of S. */
export function withLargeS(credential: string): string {
  return withBytes(credential, (bytes) => {
    const s = littleEndian(bytes.subarray(33, 65)) + ED25519_ORDER;
    bytes.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex').toReversed(), 33);
  });
}

/** The same ECDSA signature with n − s in place of s. */
export function withHighS(credential: string, curve: keyof typeof SECP_ORDER): string {
  return withBytes(credential, (bytes) => {
    const s = BigInt(`0x${Buffer.from(bytes.subarray(33, 65)).toString('hex')}`);
    bytes.set(Buffer.from((SECP_ORDER[curve] - s).toString(16).padStart(64, '0'), 'hex'), 33);
  });
}

/** The credential with its signature's bytes changed: one byte of scheme, 64 of signature, the key. */
export function withBytes(credential: string, change: (bytes: Buffer) => void): string {
  const { payload, signature } = partsOf(credential);
  const bytes = Buffer.from(signature, 'base64url');
  change(bytes);
  return `seal1.${payload}.${bytes.toString('base64url')}`;
}

/** What Sui would hash for a message under another intent than the one for personal messages. */
export function digestUnder(intent: readonly number[], message: Uint8Array): Uint8Array {
  return blake2b(Buffer.concat([Uint8Array.from(intent), message]), { dkLen: 32 });
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`);
}
