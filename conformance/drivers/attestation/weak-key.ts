const FIELD = 2n ** 255n - 19n;

/** y of a point of order 8; its negative is the other one's. */
const Y_OF_ORDER_8 = BigInt('0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826');

/** y of every point whose order divides 8, each with either sign of x: 1, 2, 4 and 8. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([1n, FIELD - 1n, 0n, Y_OF_ORDER_8, FIELD - Y_OF_ORDER_8]);

/**
 * Whether an Ed25519 key is of small order, in any of its spellings, or spelled in a way that no honest signer does
 * (y not below the field's order). OpenSSL accepts both, and the former verifies signatures that nobody made.
 */
export function isWeakEd25519(key: Uint8Array): boolean {
  if (key.length !== 32) return false;
  const y = BigInt(`0x${Buffer.from(key.toReversed()).toString('hex')}`) & ((1n << 255n) - 1n);
  return y >= FIELD || SMALL_ORDER.has(y);
}
