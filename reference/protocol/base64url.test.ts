import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

test('round trip', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('each byte string has one spelling only', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABCxyz019-_+/= \n') }), (text) => {
      const bytes = decodeBase64url(text);
      expect(bytes === undefined || encodeBase64url(bytes) === text).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each(['QQ==', 'QR', 'QUJ', 'A', 'a+b/', 'QUI\n', 'QUé'])('refuses %j', (text) => {
  expect(decodeBase64url(text)).toBeUndefined();
});
