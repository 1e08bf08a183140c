import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GcmCipher, SEAL_OVERHEAD, UnsealError, type DataKey } from './seal-cipher.ts';

const first: DataKey = { id: 1, key: new Uint8Array(32).fill(1), createdAt: 0 };
const second: DataKey = { id: 2, key: new Uint8Array(32).fill(2), createdAt: 0 };

function cipherOf(active: DataKey, ...others: DataKey[]): GcmCipher {
  return new GcmCipher(
    { active, get: (id) => [active, ...others].find((key) => key.id === id) },
    randomBytes,
  );
}

test('opens what it sealed, with the same context only', () => {
  const cipher = cipherOf(first);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.uint8Array(), (path, other, plain) => {
      const sealed = cipher.seal(path, plain);
      expect(sealed).toHaveLength(plain.length + SEAL_OVERHEAD);
      expect([...cipher.open(path, sealed)]).toEqual([...plain]);
      expect(() => path !== other && cipher.open(other, sealed)).toSatisfy(
        (open: () => unknown) => path === other || throwsUnseal(open),
      );
    }),
  );
});

test('refuses any changed bit and any cut', () => {
  const cipher = cipherOf(first);
  const sealed = cipher.seal('/k', Buffer.from('value'));
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => cipher.open('/k', changed)).toThrow(UnsealError);
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(() => cipher.open('/k', sealed.subarray(0, length))).toThrow(UnsealError);
  }
});

test('takes a fresh IV each time, so that equal values look different', () => {
  const cipher = cipherOf(first);
  const all = Array.from({ length: 200 }, () =>
    Buffer.from(cipher.seal('/k', Buffer.alloc(16))).toString('hex'),
  );
  expect(new Set(all.map((sealed) => sealed.slice(8, 32))).size).toBe(200);
  expect(new Set(all.map((sealed) => sealed.slice(32))).size).toBe(200);
});

test('seals under the active key and opens under each that is kept', () => {
  const old = cipherOf(first).seal('/k', Buffer.from('old'));
  const both = cipherOf(second, first);
  expect(Buffer.from(both.open('/k', old)).toString()).toBe('old');
  expect(Buffer.from(both.seal('/k', old)).readUInt32BE()).toBe(2);
  expect(() => cipherOf(second).open('/k', old)).toThrow('key 1');
});

function throwsUnseal(open: () => unknown): boolean {
  try {
    open();
    return false;
  } catch (error) {
    return error instanceof UnsealError;
  }
}
