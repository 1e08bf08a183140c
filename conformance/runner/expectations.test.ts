import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../drivers/http.ts';
import {
  asObject,
  at,
  equal,
  eventually,
  isStatus,
  ok,
  reasonsOf,
  refused,
  status,
  unchanged,
} from './expectations.ts';
import { CheckFailure } from './outcome.ts';

/** An answer with this status and JSON body. */
function answer(code: number, json: unknown = undefined): HttpAnswer {
  const text = json === undefined ? '' : JSON.stringify(json);
  const exchange = { request: { method: 'GET', url: '', headers: {} }, at_ms: 0, duration_ms: 0 };
  return { status: code, headers: {}, body: Buffer.from(text), text, json, exchange };
}

/** What the check's failure says. */
function failureOf(run: () => unknown): CheckFailure {
  try {
    run();
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const REPLAY = { error: { reason: 'ReplayDetected' } };

describe('equal and ok', () => {
  test('compare by structure and say what was wanted', () => {
    equal('lists', [1, { a: undefined }], [1, { a: undefined }]);
    ok('truth', true);
    expect(failureOf(() => equal('lists', [1], [2]))).toMatchObject({
      message: 'lists differs',
      evidence: { wanted: [2], got: [1] },
    });
    expect(failureOf(() => equal('a string', '1', 1)).message).toBe('a string differs');
    expect(failureOf(() => ok('the sky is green', false, { got: 'blue' }))).toMatchObject({
      message: 'the sky is green',
      evidence: { got: 'blue' },
    });
  });
});

describe('status', () => {
  test('allows one or several', () => {
    status(answer(200), 200);
    status(answer(504), [201, 504]);
    expect(failureOf(() => status(answer(500, { oh: 'no' }), [200, 201]))).toMatchObject({
      message: 'answered 500 instead of 200 or 201',
      evidence: { wanted: { status: [200, 201] }, got: { status: 500, body: '{"oh":"no"}' } },
    });
  });

  test('keeps no more than 2000 characters of a body', () => {
    const { evidence } = failureOf(() => status(answer(500, 'x'.repeat(5_000)), 200));
    expect((evidence.got as { body: string }).body).toHaveLength(2_000);
  });
});

describe('refused', () => {
  test('takes the right status and any of the reasons', () => {
    refused(answer(401, REPLAY), { status: 401, reason: 'ReplayDetected' });
    refused(answer(401, REPLAY), { status: 401, reason: ['CredentialExpired', 'ReplayDetected'] });
    refused(answer(401), { status: 401 });
  });

  test.each([
    [200, 'the request was accepted: 200 instead of 401'],
    [399, 'the request was accepted: 399 instead of 401'],
    [400, 'the request was refused otherwise: 400 instead of 401'],
    [500, 'the request was refused otherwise: 500 instead of 401'],
  ])('a status of %i is none', (code, message) => {
    const failure = failureOf(() => refused(answer(code, REPLAY), { status: 401, reason: 'ReplayDetected' }));
    expect(failure.message).toBe(message);
    expect(failure.evidence.got).toMatchObject({ status: code, reasons: ['ReplayDetected'] });
    expect((failure.evidence.got as { body: string }).body).toContain('ReplayDetected');
  });

  test('the right status for another reason, or none, is a failure', () => {
    const wanted = { status: 401, reason: ['BadSignature', 'UnknownToken'] };
    const said = 'refused for another reason than BadSignature or UnknownToken';
    expect(failureOf(() => refused(answer(401, REPLAY), wanted)).message).toBe(said);
    expect(failureOf(() => refused(answer(401), wanted)).message).toBe(said);
    expect(failureOf(() => refused(answer(401, REPLAY), wanted)).evidence).toEqual({
      wanted,
      got: { status: 401, reasons: ['ReplayDetected'] },
    });
  });

  test('keeps no more than 2000 characters of a body', () => {
    const { evidence } = failureOf(() => refused(answer(200, 'x'.repeat(5_000)), { status: 401 }));
    expect((evidence.got as { body: string }).body).toHaveLength(2_000);
  });
});

test('reasons are those of an error body, of the causes of a Status and of the Status itself', () => {
  const causes = [{ reason: 'A' }, { reason: 7 }, null, { message: 'none' }, { reason: 'B' }];
  expect(reasonsOf({ error: { reason: 'E' }, details: { causes }, reason: 'S' })).toEqual([
    'E',
    'A',
    'B',
    'S',
  ]);
  for (const body of [undefined, null, 'text', [], { details: { causes: 'A' } }, { details: null }])
    expect(reasonsOf(body)).toEqual([]);
});

describe('isStatus', () => {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound' };

  test('takes a Status that agrees with its answer', () => {
    isStatus(answer(404, body));
    isStatus(answer(404, body), 'NotFound');
    isStatus(answer(404, { ...body, reason: undefined }));
  });

  test.each([
    ['another kind', { ...body, kind: 'Pod' }],
    ['another version', { ...body, apiVersion: 'v2' }],
    ['a success', { ...body, status: 'Success' }],
    ['another code', { ...body, code: 403 }],
    ['another reason', { ...body, reason: 'Forbidden' }],
    ['nothing', undefined],
  ])('%s is none', (_, json) => {
    expect(failureOf(() => isStatus(answer(404, json), 'NotFound')).message).toBe(
      'the Status object differs',
    );
  });
});

describe('eventually', () => {
  test('gives the first value, and fails when none comes in time', async () => {
    let asked = 0;
    const probe = (): number | undefined => ((asked += 1) >= 3 ? asked : undefined);
    expect(await eventually('three', probe, { withinMs: 5_000, intervalMs: 1 })).toBe(3);
    const never = eventually('a miracle', () => undefined, { withinMs: 5, intervalMs: 1 });
    await expect(never).rejects.toThrow('a miracle did not happen within 5 ms');
    await expect(never).rejects.toBeInstanceOf(CheckFailure);
  });

  test('ends at once when the check is over', async () => {
    const over = eventually('it', () => undefined, { withinMs: 20_000, signal: AbortSignal.abort() });
    await expect(over).rejects.toBeInstanceOf(CheckFailure);
  });
});

test('unchanged looks before and after', async () => {
  let state = { count: 0 };
  const probe = (): Promise<object> => Promise.resolve(structuredClone(state));
  await unchanged('the count', probe, () => Promise.resolve());
  const changed = unchanged('the count', probe, () => Promise.resolve(void (state = { count: 1 })));
  await expect(changed).rejects.toMatchObject({
    message: 'the count changed',
    evidence: { wanted: { count: 0 }, got: { count: 1 } },
  });
});

test('at walks through objects and lists, and ends where they end', () => {
  const value = { items: [{ name: 'a' }] };
  expect(at(value, 'items', 0, 'name')).toBe('a');
  expect(at(value, 'items', 1, 'name')).toBeUndefined();
  expect(at(value, 'items', 0, 'name', 'length')).toBeUndefined();
  expect(at(value)).toBe(value);
  for (const none of [null, undefined, 'text', 4]) expect(asObject(none)).toEqual({});
});
