import { expect, test } from 'vitest';
import { bearerOf, singleHeader } from './bearer.ts';
import { httpOf, isReason, REASONS } from './reasons.ts';
import { apiErrorBody, messageOf, ProtocolError, refusalHeaders, statusBody } from './status.ts';

test('a Status carries the Kubernetes reason, ours as its cause, and the code', () => {
  expect(statusBody('TokenRevoked')).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the seal token is revoked',
    reason: 'Unauthorized',
    code: 401,
    details: { causes: [{ reason: 'TokenRevoked', message: 'the seal token is revoked' }] },
  });
});

test('a Status says what it is about and when to come again', () => {
  const object = { name: 'web', kind: 'pods' };
  const { details, message } = statusBody('ChainUnavailable', { message: 'later', retryAfter: 5, object });
  expect({ details, message }).toEqual({
    message: 'later',
    details: { ...object, retryAfterSeconds: 5, causes: [{ reason: 'ChainUnavailable', message: 'later' }] },
  });
});

test('the error body of /api/v1', () => {
  expect(apiErrorBody('NodeIdTaken', 'taken')).toEqual({
    error: { reason: 'NodeIdTaken', message: 'taken', code: 409 },
  });
});

test('every reason has an error status and a sentence', () => {
  for (const reason of Object.keys(REASONS).filter(isReason)) {
    expect(httpOf(reason)).toBeGreaterThanOrEqual(400);
    expect(messageOf(reason)).not.toBe('');
    expect(new ProtocolError(reason)).toMatchObject({
      reason,
      http: httpOf(reason),
      message: messageOf(reason),
    });
  }
});

test('headers of refusals', () => {
  expect(refusalHeaders('BadSignature')).toEqual({ 'www-authenticate': 'Bearer' });
  expect(refusalHeaders('TooManyRequests')).toEqual({ 'retry-after': '1' });
  expect(refusalHeaders('CacheFull', 2.2)).toEqual({ 'retry-after': '3' });
  expect(refusalHeaders('NotFound')).toEqual({});
});

test.each([
  [['Authorization', 'Bearer abc.d-e_f'], { status: 'one', value: 'abc.d-e_f' }],
  [['authorization', 'bearer abc'], { status: 'one', value: 'abc' }],
  [['Host', 'h'], { status: 'none' }],
  [['Authorization', ''], { status: 'none' }],
  [['Authorization', 'Basic YTpi'], { status: 'bad' }],
  [['Authorization', 'Bearer'], { status: 'bad' }],
  [['Authorization', 'Bearer a b'], { status: 'bad' }],
  [['Authorization', 'Bearer a, Bearer b'], { status: 'bad' }],
  [['Authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer a'], { status: 'bad' }],
])('bearer of %j', (raw, expected) => {
  expect(bearerOf(raw)).toEqual(expected);
});

test('a header that comes twice is no header', () => {
  expect(singleHeader(['X-Seal-Token', 'a', 'x-seal-token', 'b'], 'x-seal-token')).toEqual({ status: 'bad' });
  expect(singleHeader(['X-Seal-Token', 'a'], 'x-seal-token')).toEqual({ status: 'one', value: 'a' });
});
