import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStrictJson, parseStrictJsonPlain } from './strict-json.ts';

test('agrees with JSON.parse on everything that JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const parsed = parseStrictJsonPlain(Buffer.from(text));
      expect(parsed.ok && JSON.stringify(parsed.value, undefined, indent)).toBe(text);
    }),
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('never throws and never takes what JSON.parse refuses', () => {
  const almostJson = fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '1',
        '-',
        '0',
        '.5',
        'e3',
        'null',
        ' ',
        '\\u00',
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almostJson), (text) => {
      expect(!parseStrictJson(text).ok || isJson(text)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      parseStrictJson(bytes);
    }),
  );
});

test.each([
  ['duplicate key', '{"a":1,"a":1}'],
  ['duplicate key, differently spelt', '{"a":1,"\\u0061":2}'],
  ['duplicate key inside', '{"x":[{"b":1,"b":2}]}'],
  ['byte order mark', '\uFEFF{}'],
  ['control character in a string', '"a\u0001"'],
  ['bad escape', '"\\x41"'],
  ['string without an end', '"abc\\"'],
  ['leading zero', '01'],
  ['hexadecimal', '0x10'],
  ['not a number', 'NaN'],
  ['two values', '1 2'],
  ['nothing', ''],
  ['deep nesting', '['.repeat(100_000)],
])('refuses: %s', (_, text) => {
  expect(parseStrictJson(text).ok).toBe(false);
});

test('refuses bytes that are no UTF-8', () => {
  expect(parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ ok: false, error: 'not UTF-8' });
});

test('a key named __proto__ is a plain key', () => {
  const result = parseStrictJsonPlain('{"__proto__":{"admin":true}}');
  expect(result.ok && Object.keys(result.value as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

test('reads a body of megabytes with escapes in it', () => {
  const value = `${'x'.repeat(3 << 20)}"\\\n`;
  expect(parseStrictJson(JSON.stringify({ value }))).toEqual({
    ok: true,
    value: new Map([['value', value]]),
  });
});
