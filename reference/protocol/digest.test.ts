import { createHash, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyDigest, payloadDigest, sameDigest, sha256Base64url } from './digest.ts';
import { enclaveKey } from './enclave-key.ts';
import { newRequestId, isRequestId } from './ids.ts';
import {
  joinMessage,
  responseMessage,
  signJoin,
  signResponse,
  verifyJoin,
  verifyResponse,
} from './response-signature.ts';

const PAYLOAD = { method: 'POST', path: '/a', query: 'x=1', contentType: 't/j', body: Buffer.from('hi') };

test('the payload digest covers the length-prefixed fields in order', () => {
  const encoded = Buffer.from('\u0004POST\u0002/a\u0003x=1\u0003t/j\u0002hi', 'latin1');
  expect(Buffer.from(payloadDigest(PAYLOAD)).equals(createHash('sha256').update(encoded).digest())).toBe(
    true,
  );
});

test('fields cannot run into each other', () => {
  const moved = { ...PAYLOAD, path: '/ax', query: '=1' };
  expect(sameDigest(payloadDigest(moved), payloadDigest(PAYLOAD))).toBe(false);
});

test('a body of megabytes has a digest', () => {
  expect(payloadDigest({ ...PAYLOAD, body: new Uint8Array(3 << 20) })).toHaveLength(32);
});

test('the digest of no body', () => {
  expect(sha256Base64url(new Uint8Array())).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  expect(sameDigest(bodyDigest(new Uint8Array()), bodyDigest(Buffer.from('')))).toBe(true);
});

const KEY = enclaveKey(new Uint8Array(32).fill(7));
const RESPONSE = { requestId: 'ab', statusCode: 201, bodyDigest: new Uint8Array(32).fill(1), keyVersion: 2n };
const JOIN = { nodeId: 'n', server: 's', joinTokenDigest: new Uint8Array(32).fill(1), keyVersion: 2n };

test('the signed bytes of a response', () => {
  expect(Buffer.from(responseMessage(RESPONSE, 5)).toString('hex')).toBe(
    ['01', '0500000000000000', '026162', 'c900', `20${'01'.repeat(32)}`, '0200000000000000'].join(''),
  );
  expect(Buffer.from(joinMessage(JOIN, 5)).toString('hex')).toBe(
    ['02', '0500000000000000', '016e', '0173', `20${'01'.repeat(32)}`, '0200000000000000'].join(''),
  );
});

test('a signature is good for exactly what was signed', () => {
  const signature = signResponse(KEY.sign, RESPONSE, 5);
  expect(verifyResponse(KEY.publicKey, RESPONSE, 5, signature)).toBe(true);
  for (const change of [
    { requestId: 'ac' },
    { statusCode: 200 },
    { bodyDigest: new Uint8Array(32) },
    { keyVersion: 1n },
  ]) {
    expect(verifyResponse(KEY.publicKey, { ...RESPONSE, ...change }, 5, signature)).toBe(false);
  }
  expect(verifyResponse(KEY.publicKey, RESPONSE, 6, signature)).toBe(false);
  expect(verifyResponse(enclaveKey(new Uint8Array(32)).publicKey, RESPONSE, 5, signature)).toBe(false);
  expect(verifyResponse(KEY.publicKey, { ...RESPONSE, statusCode: 70_000 }, 5, signature)).toBe(false);
  const joined = signJoin(KEY.sign, JOIN, 5);
  expect(verifyJoin(KEY.publicKey, JOIN, 5, joined)).toBe(true);
  expect(verifyJoin(KEY.publicKey, { ...JOIN, server: 't' }, 5, joined)).toBe(false);
  expect(verifyResponse(KEY.publicKey, RESPONSE, 5, joined)).toBe(false);
});

test('verifying never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), fc.integer(), (key, signature, time) => {
      expect(verifyResponse(key, RESPONSE, time, signature)).toBe(false);
    }),
  );
});

test('a seed has 32 bytes, a request id 32 hex digits', () => {
  expect(() => enclaveKey(new Uint8Array(31))).toThrow(RangeError);
  expect(isRequestId(newRequestId(randomBytes))).toBe(true);
});
