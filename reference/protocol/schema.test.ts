import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  faultLine,
  filled,
  logging,
  matching,
  mist,
  positive,
  url,
  validate,
  wallet,
  whole,
} from './schema.ts';

const SECRET = 'suiprivkey1verysecret';
const schema = v.strictObject({ port: whole(1, 9), wallet, log: logging });

test('defaults are filled in, those of nested objects too', () => {
  const given = { port: 9, wallet: { keystore: 'k' } };
  expect(validate(schema, given)).toEqual({ ok: true, value: { ...given, log: { level: 'info' } } });
});

test.each([
  [{ port: 10, wallet: { keystore: 'k' } }, 'port: expected <=9'],
  [{ wallet: { keystore: 'k' } }, 'port: is missing'],
  [{ port: 1, wallet: { keystore: 'k' }, prot: 1 }, 'prot: there is no such field'],
  [{ port: 1, wallet: { keystore: 'k' }, log: { level: 'loud' } }, /^log\.level: expected .*"info"/],
  [[], 'all: expected Object'],
])('what is wrong is said with its place: %j', (input, message) => {
  const result = validate(schema, input);
  expect(result.ok ? '' : faultLine(result.faults, 'all')).toMatch(message);
});

test('no message shows a value', () => {
  for (const wrong of [{ secret_key: [SECRET] }, { secretkey: SECRET }, SECRET]) {
    const result = validate(v.strictObject({ wallet, port: whole(), url: url('https'), name: filled }), {
      wallet: wrong,
      port: SECRET,
      url: SECRET,
      name: [SECRET],
    });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('secret1');
    expect(JSON.stringify(result)).not.toContain(SECRET);
  }
});

test.each([
  [whole(), [0, Number.MAX_SAFE_INTEGER], [-1, 1.5, 2 ** 53, Infinity, Number.NaN, '1']],
  [positive, [0.1, 5], [0, -1, Infinity, Number.NaN]],
  [mist, [0, '18446744073709551615'], ['', '01', '1.5', '-1', 1.5, '1'.repeat(21)]],
  [url('https'), ['https://a.example:8443'], ['http://a.example', 'https', '', 'file:///etc/passwd', 5]],
  [url('http', 'https'), ['http://127.0.0.1:1', 'https://[::1]'], ['ws://a.example']],
  [matching(/^a$/, 'must be a'), ['a'], ['b', 'aa', 'a\n', null]],
])('field %#', (field, good, bad) => {
  for (const value of good) expect([value, validate(field, value).ok]).toEqual([value, true]);
  for (const value of bad) expect([value, validate(field, value).ok]).toEqual([value, false]);
});
