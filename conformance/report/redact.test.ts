import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const plain = createRedactor();
const CREDENTIAL = `seal1.${'eyJ2IjoxLCJ0b2tlbiI6'.repeat(4)}.${'AAECAwQFBgcICQoL'.repeat(6)}`;
const ID = `0x${'5f'.repeat(32)}`;

describe('secrets known by their shape', () => {
  test.each([
    ['a credential', `sent ${CREDENTIAL} to it`, 'sent seal…[redacted] to it'],
    ['a session header', `Authorization: Bearer ${CREDENTIAL}`, 'Authorization: Bearer seal…[redacted]'],
    [
      'an opaque bearer token',
      'authorization: bearer abcdefghijklmnopqrstuvwxyz',
      'authorization: bearer abcd…[redacted]',
    ],
    ['a Sui key', `key suiprivkey1${'q'.repeat(58)}!`, 'key suip…[redacted]!'],
    ['a k3s join token', `K10${'ab'.repeat(32)}::server:hunter2hunter2`, 'K10a…[redacted]'],
    [
      'a PEM key',
      '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\nrest',
      '-----BEGIN EC PRIVATE KEY-----…[redacted]\nrest',
    ],
    [
      'a PEM key that is cut off',
      '-----BEGIN PRIVATE KEY-----\nMHcCAQEE',
      '-----BEGIN PRIVATE KEY-----…[redacted]',
    ],
    ['a field of a JSON body', '{"join":{"token":"s3cret-token"}}', '{"join":{"token":"…[redacted]"}}'],
    [
      'a field of JSON within JSON',
      String.raw`{"a":"{\"password\":\"s3cret-pass\"}"}`,
      String.raw`{"a":"{\"password\":\"…[redacted]\"}"}`,
    ],
    [
      'a header in a curl command',
      `curl -H 'X-Seal-Token: garbage-but-secret-value'`,
      `curl -H 'X-Seal-Token: garb…[redacted]'`,
    ],
    ['a token in a URL', '/api?token=abcdefgh&limit=5', '/api?token=…[redacted]&limit=5'],
  ])('%s', (_, text, wanted) => {
    expect(plain.text(text)).toBe(wanted);
  });

  test('headers and fields that are secret by their name, whatever they hold', () => {
    const value = {
      headers: {
        Authorization: 'Basic dXNlcg==',
        'X-Seal-Token': ['one-of-two', 'two-of-two'],
        accept: 'application/json',
      },
      sui_private_key: 'not in the usual shape',
    };
    expect(plain.value(value)).toEqual({
      headers: {
        Authorization: 'Basic …[redacted]',
        'X-Seal-Token': ['…[redacted]', '…[redacted]'],
        accept: 'application/json',
      },
      sui_private_key: 'not …[redacted]',
    });
  });

  test('ids on chain stay readable, also in a field called token', () => {
    expect(plain.value({ token: ID })).toEqual({ token: ID });
    expect(plain.text(`{"token":"${ID}"}`)).toBe(`{"token":"${ID}"}`);
    expect(plain.text('a node token: refused with UnknownToken')).toBe(
      'a node token: refused with UnknownToken',
    );
  });
});

describe('registered secrets', () => {
  const secret = fc
    .string({ minLength: 12, maxLength: 60, unit: 'grapheme' })
    .filter((text) => text.trim() === text);

  test('no secret survives in any encoding that a log might use', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        const redactor = createRedactor([hidden]);
        const bytes = Buffer.from(hidden);
        for (const text of [
          hidden,
          JSON.stringify(hidden),
          encodeURIComponent(hidden.toWellFormed()),
          bytes.toString('hex'),
          bytes.toString('hex').toUpperCase(),
          bytes.toString('base64'),
          bytes.toString('base64url'),
        ]) {
          expect(redactor.text(`${before}${text}${after}`)).not.toContain(text);
        }
      }),
    );
  });

  test('a secret with a letter that changes under case folding is found', () => {
    const hidden = '\u212a           "';
    expect(createRedactor([hidden]).text(hidden)).toBe('…[redacted]');
  });

  test('a secret inside longer base64 is found at every alignment', () => {
    const hidden = 'correct horse battery staple';
    const redactor = createRedactor([hidden]);
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      const text = Buffer.from(`${before}${hidden} and more`).toString('base64');
      expect(redactor.text(text)).toContain('…[redacted]');
      expect(Buffer.from(redactor.text(text).split('…')[0] ?? '', 'base64').toString()).not.toContain(
        'horse',
      );
    }
  });

  test('redacting twice is redacting once', () => {
    fc.assert(
      fc.property(secret, fc.jsonValue(), (hidden, value) => {
        const redactor = createRedactor([hidden]);
        const once = redactor.value({
          value,
          hidden,
          authorization: `Bearer ${hidden}`,
          text: `Bearer ${CREDENTIAL}`,
        });
        expect(redactor.value(once)).toEqual(once);
      }),
    );
  });

  test('at most four characters remain, none of a short one', () => {
    expect(createRedactor(['a-long-enough-secret-of-mine']).text('<a-long-enough-secret-of-mine>')).toBe(
      '<a-lo…[redacted]>',
    );
    expect(createRedactor(['hunter2']).text('<hunter2>')).toBe('<…[redacted]>');
  });

  test('too short a secret is refused instead of blotting out ordinary text', () => {
    expect(() => createRedactor(['abc'])).toThrow(RangeError);
  });
});
