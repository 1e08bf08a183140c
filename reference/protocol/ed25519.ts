import { createPublicKey, verify } from 'node:crypto';

/** p = 2^255 − 19 and the order L of the base point, little endian as on the wire. */
const P = Buffer.from('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex');
const L = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

/** The y coordinates of the eight points of small order: 1, −1, 0 and the two of order eight. */
const SMALL_ORDER_Y = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => Buffer.from(hex, 'hex'));

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * The checks that OpenSSL leaves out. False for a public key of small order (under such a key one
 * signature fits many messages), for coordinates that are not reduced and for S ≥ L (a second
 * spelling of the same signature).
 */
export function hasCanonicalEd25519Form(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const keyY = withoutSign(publicKey);
  if (!isBelow(keyY, P) || SMALL_ORDER_Y.some((y) => y.equals(keyY))) return false;
  return isBelow(withoutSign(signature.subarray(0, 32)), P) && isBelow(signature.subarray(32), L);
}

/** Verifies a raw Ed25519 signature strictly. Never throws. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!hasCanonicalEd25519Form(publicKey, signature)) return false;
  try {
    const der = Buffer.concat([SPKI_PREFIX, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}

/** y without the bit that carries the sign of x. */
function withoutSign(point: Uint8Array): Buffer {
  const y = Buffer.from(point);
  y[31] = (y[31] ?? 0) & 0x7f;
  return y;
}

/** Compares 32-byte little-endian numbers. */
function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (value[i] ?? 0) - (bound[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
