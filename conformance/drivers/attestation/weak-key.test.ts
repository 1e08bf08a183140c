import { randomBytes } from 'node:crypto';
import { getPublicKeyAsync, Point } from '@noble/ed25519';
import { describe, expect, it } from 'vitest';
import { isWeakEd25519 } from './weak-key.ts';

const FIELD = 2n ** 255n - 19n;

function littleEndian(value: bigint, sign = 0): Uint8Array {
  const bytes = Buffer.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed());
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return bytes;
}

describe('isWeakEd25519', () => {
  it('knows every point whose order divides 8', async () => {
    // Points of small order are what is left of any point after a multiplication by the order of the base point.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const found = new Set<string>();
    for (let times = 0; times < 400 && found.size < 8; times += 1) {
      try {
        const point = Point.fromBytes(randomBytes(32), true);
        // In two steps, since the library multiplies by numbers below the order only.
        const rest = point.multiplyUnsafe?.(order - 1n) ?? point.multiply(order - 1n, false);
        found.add(Buffer.from(rest.add(point).toBytes()).toString('hex'));
      } catch {
        // Half of all strings are no point.
      }
    }
    expect(found.size).toBe(8);
    for (const point of found) expect(isWeakEd25519(Buffer.from(point, 'hex'))).toBe(true);
  });

  it('knows spellings with y not below the field’s order', () => {
    for (const y of [FIELD, FIELD + 1n, FIELD + 18n]) {
      expect(isWeakEd25519(littleEndian(y))).toBe(true);
      expect(isWeakEd25519(littleEndian(y, 1))).toBe(true);
    }
  });

  it('lets honest keys and other lengths pass', async () => {
    for (let times = 0; times < 20; times += 1) {
      expect(isWeakEd25519(await getPublicKeyAsync(randomBytes(32)))).toBe(false);
    }
    expect(isWeakEd25519(new Uint8Array(97))).toBe(false);
  });
});
