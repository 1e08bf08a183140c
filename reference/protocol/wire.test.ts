import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idOf } from './testing/fixtures.ts';
import {
  forwardedRequestJson,
  heartbeatJson,
  isTimely,
  parseEventHints,
  parseForwardedRequest,
  parseHeartbeat,
  parseRegistration,
} from './wire.ts';
import {
  parseAttestationAnswer,
  parseRecordedResponse,
  parseRegistrationAnswer,
  reasonOfApiError,
  recordedResponseJson,
} from './wire-responses.ts';

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const REGISTRATION = { node_id: 'node-1', seal_token: idOf('token'), timestamp: 1_800_000_000 };
const HEARTBEAT = {
  node_id: 'node-1',
  timestamp: 1_800_000_000,
  stake_status: 'active',
  stake_amount: 1_000_000_000n,
  running_pods: 3,
  resource_usage: { cpu: 0.25, memory: 12, disk: 0 },
};

describe('registration', () => {
  test('is read; fields of later versions are passed over', () => {
    expect(parseRegistration(bytes({ ...REGISTRATION, later: 1 }))).toEqual({
      ok: true,
      value: REGISTRATION,
    });
  });

  test.each([
    ['no timestamp', { ...REGISTRATION, timestamp: undefined }, 'BadRequest', 'timestamp'],
    ['timestamp as text', { ...REGISTRATION, timestamp: '1' }, 'BadRequest', 'timestamp'],
    ['fractional timestamp', { ...REGISTRATION, timestamp: 1.5 }, 'BadRequest', 'timestamp'],
    ['no token', { ...REGISTRATION, seal_token: '' }, 'BadRequest', 'seal_token'],
    ['upper-case node id', { ...REGISTRATION, node_id: 'Node-1' }, 'InvalidNodeId', 'node_id'],
    ['node id with a dot', { ...REGISTRATION, node_id: 'a.b' }, 'InvalidNodeId', 'node_id'],
    ['long node id', { ...REGISTRATION, node_id: 'a'.repeat(64) }, 'InvalidNodeId', 'node_id'],
    ['no object', [], 'BadRequest', 'object'],
    ['key given twice', '{"node_id":"a","node_id":"b"}', 'BadRequest', 'duplicate'],
    ['no JSON', 'hello', 'BadRequest', 'JSON'],
  ])('is refused: %s', (_, body, reason, told) => {
    const parsed = parseRegistration(bytes(body));
    expect(parsed).toMatchObject({ ok: false, reason, message: expect.stringContaining(told) as string });
  });

  test.each([
    [0, true],
    [30, true],
    [-30, true],
    [31, false],
    [-31, false],
    [1_800_000_000 * 999, false],
  ])('a timestamp %i s off is timely: %s', (off, timely) => {
    expect(isTimely(1_800_000_000 + off, 1_800_000_000_000)).toBe(timely);
  });
});

test('a heartbeat survives the wire, with amounts beyond 2^53 too', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (stake_amount) => {
      const heartbeat = { ...HEARTBEAT, stake_amount };
      expect(parseHeartbeat(bytes(heartbeatJson(heartbeat)))).toEqual({ ok: true, value: heartbeat });
    }),
  );
  expect(parseHeartbeat(bytes(heartbeatJson({ ...HEARTBEAT, running_pods: -1 }))).ok).toBe(false);
  expect(parseHeartbeat(bytes(heartbeatJson({ ...HEARTBEAT, stake_amount: 1n << 64n }))).ok).toBe(false);
});

test('event hints take the sequence as number or digits', () => {
  const tx_digest = '7'.repeat(43);
  const body = {
    events: [
      { tx_digest, event_seq: 0, type: 'x' },
      { tx_digest, event_seq: '12' },
    ],
  };
  expect(parseEventHints(bytes(body))).toEqual({
    ok: true,
    value: [
      { tx_digest, event_seq: '0' },
      { tx_digest, event_seq: '12' },
    ],
  });
  for (const bad of [{}, { events: [{}] }, { events: [{ tx_digest: '0OIl', event_seq: 0 }] }]) {
    expect(parseEventHints(bytes(bad)).ok).toBe(false);
  }
});

test('requests and responses survive the wire', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (body, query) => {
      const request = { method: 'PATCH', path: '/api/v1/x', query, content_type: 'a/b', accept: '', body };
      const parsed = parseForwardedRequest(bytes(forwardedRequestJson(request)));
      expect(parsed).toEqual({ ok: true, value: { ...request, body: Buffer.from(body) } });
      const response = {
        request_id: '0123456789abcdef0123456789abcdef',
        status_code: 201,
        content_type: 'application/json',
        body: Buffer.from(body),
        timestamp_ms: 1_800_000_000_123,
        key_version: 3n,
        signature: Buffer.alloc(64, 1),
      };
      expect(parseRecordedResponse(bytes(recordedResponseJson(response)))).toEqual({
        ok: true,
        value: response,
      });
    }),
  );
});

test('the answer to a registration is read, with and without join data', () => {
  const plain = { status: 'registered', node_id: 'n', message: 'm' } as const;
  const join = { server: 'https://m:6443', token: 'join1.x', ca: 'PEM' };
  const statement = { timestamp_ms: 5, key_version: 1 };
  const signature = Buffer.alloc(64);
  const signed = { ...join, ...statement, signature: signature.toString('base64url') };
  const read = { ...join, ...statement, key_version: 1n, signature };
  expect(parseRegistrationAnswer(bytes(plain))).toEqual({ ok: true, value: plain });
  expect(parseRegistrationAnswer(bytes({ ...plain, join }))).toEqual({ ok: true, value: { ...plain, join } });
  expect(parseRegistrationAnswer(bytes({ ...plain, join: signed }))).toEqual({
    ok: true,
    value: { ...plain, join: read },
  });
  expect(parseRegistrationAnswer(bytes({ ...plain, join: { ...join, token: '' } })).ok).toBe(false);
});

test('other answers', () => {
  expect(parseAttestationAnswer(bytes({ document: 'AQI' }))).toEqual({ ok: true, value: Buffer.of(1, 2) });
  expect(parseAttestationAnswer(bytes({ document: 'AQJ' })).ok).toBe(false);
  const error = (reason: string) => bytes({ error: { reason, message: '', code: 409 } });
  expect(reasonOfApiError(error('NodeIdTaken'))).toBe('NodeIdTaken');
  expect(reasonOfApiError(error('toString'))).toBeUndefined();
  expect(reasonOfApiError(bytes('<html>'))).toBeUndefined();
});
