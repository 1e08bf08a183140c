import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { LRUCache } from 'lru-cache';
import { hasCanonicalEd25519Form } from './ed25519.ts';

/**
 * Checks a Sui personal-message signature.
 * `payload` is the ASCII text that was signed; resolves to true only when `signature` is one that the
 * wallet with address `address` made over it.
 */
export type SignatureVerifier = (
  payload: string,
  signature: Uint8Array,
  address: string,
) => boolean | Promise<boolean>;

interface Scheme {
  keyLength: number;
  /** DER of a SubjectPublicKeyInfo up to the raw key. */
  spkiPrefix: Buffer;
  verify(digest: Uint8Array, signature: Uint8Array, key: KeyObject, rawKey: Uint8Array): boolean;
}

const SIGNATURE_LENGTH = 64;
const FLAG_ED25519 = 0;
const FLAG_SECP256K1 = 1;
const FLAG_SECP256R1 = 2;

/** Half of each curve's order: of s and n − s only the smaller one is accepted. */
const HALF_ORDER_K1 = BigInt('0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');
const HALF_ORDER_R1 = BigInt('0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8');

const SCHEMES: ReadonlyMap<number, Scheme> = new Map([
  [
    FLAG_ED25519,
    {
      keyLength: 32,
      spkiPrefix: Buffer.from('302a300506032b6570032100', 'hex'),
      verify: (digest, signature, key, rawKey) =>
        hasCanonicalEd25519Form(rawKey, signature) && verify(null, digest, key, signature),
    } satisfies Scheme,
  ],
  [FLAG_SECP256K1, ecdsa('3036301006072a8648ce3d020106052b8104000a032200', HALF_ORDER_K1)],
  [FLAG_SECP256R1, ecdsa('3039301306072a8648ce3d020106082a8648ce3d030107032200', HALF_ORDER_R1)],
]);

function ecdsa(spkiPrefix: string, halfOrder: bigint): Scheme {
  return {
    keyLength: 33,
    spkiPrefix: Buffer.from(spkiPrefix, 'hex'),
    verify: (digest, signature, key) => {
      const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
      if (s > halfOrder) return false;
      return verify('sha256', digest, { key, dsaEncoding: 'ieee-p1363' }, signature);
    },
  };
}

/** The default SignatureVerifier: Ed25519, secp256k1 and secp256r1. Never throws. */
export function verifySuiSignature(payload: string, signature: Uint8Array, address: string): boolean {
  const scheme = SCHEMES.get(signature[0] ?? -1);
  if (!scheme || signature.length !== 1 + SIGNATURE_LENGTH + scheme.keyLength) return false;
  const rawKey = signature.subarray(1 + SIGNATURE_LENGTH);
  const name = `${signature[0]}.${Buffer.from(rawKey).toString('base64')}`;
  try {
    const known = WALLETS.get(name);
    const wallet = known ?? walletOf(signature[0] ?? 0, scheme, rawKey);
    const isGood =
      wallet.address === address &&
      scheme.verify(
        personalMessageDigest(payload),
        signature.subarray(1, 1 + SIGNATURE_LENGTH),
        wallet.key,
        rawKey,
      );
    if (isGood) WALLETS.set(name, wallet);
    // Done again in vain: a refusal must not come sooner for a wallet that was here before.
    else if (known !== undefined) walletOf(signature[0] ?? 0, scheme, rawKey);
    return isGood;
  } catch {
    // not a point on the curve
    return false;
  }
}

interface Wallet {
  address: string;
  key: KeyObject;
}

/** A wallet signs many times, and taking its key in costs as much as checking a signature. Only those of good ones. */
const WALLETS = new LRUCache<string, Wallet>({ max: 1_000 });

/** Throws for a key that is no point on the curve. */
function walletOf(flag: number, { spkiPrefix }: Scheme, rawKey: Uint8Array): Wallet {
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, rawKey]), format: 'der', type: 'spki' });
  return { address: suiAddress(flag, rawKey), key };
}

/** Address of a public key: BLAKE2b-256 over the scheme's flag and the key. */
export function suiAddress(flag: number, rawKey: Uint8Array): string {
  const input = new Uint8Array(1 + rawKey.length);
  input[0] = flag;
  input.set(rawKey, 1);
  return `0x${Buffer.from(blake2b(input, { dkLen: 32 })).toString('hex')}`;
}

/** What a wallet really signs: BLAKE2b-256 over intent (3, 0, 0) and the BCS byte vector of the text. */
export function personalMessageDigest(text: string): Uint8Array {
  const message = Buffer.from(text, 'latin1');
  const head = [3, 0, 0];
  for (let rest = message.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      head.push(rest);
      break;
    }
    head.push((rest & 0x7f) | 0x80);
  }
  return blake2b(Buffer.concat([Uint8Array.from(head), message]), { dkLen: 32 });
}
