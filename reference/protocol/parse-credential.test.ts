import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64url } from './base64url.ts';
import { MAX_CREDENTIAL_LENGTH, parseCredential, type CredentialClaims } from './parse-credential.ts';
import { idOf } from './testing/fixtures.ts';

const NONCE = 'AAECAwQFBgcICQoLDA0ODw';
const DIGEST = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
const CLAIMS = {
  v: 1,
  token: idOf('token'),
  sub: idOf('sub'),
  aud: idOf('aud'),
  nonce: NONCE,
  iat: 1_800_000_000,
  exp: 1_800_000_300,
};
const BOUND = { ...CLAIMS, htm: 'POST', htu: '/api/v1/heartbeat', bod: DIGEST };
const SIGNATURE = encodeBase64url(new Uint8Array(97));

function credentialOf(json: string): string {
  return `seal1.${encodeBase64url(Buffer.from(json))}.${SIGNATURE}`;
}

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => `0x${Buffer.from(b).toString('hex')}`);
const claims = fc.record({
  token: id,
  sub: id,
  aud: id,
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(encodeBase64url),
  iat: fc.integer({ min: 0, max: 2 ** 40 }),
  life: fc.integer({ min: 1, max: 300 }),
  binding: fc.option(
    fc.record({
      htm: fc.constantFrom('GET', 'POST', 'PUT'),
      htu: fc.webPath().map((path) => `/${path.replaceAll(/[^\x21\x22\x24-\x7e]/g, '')}`),
      bod: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(encodeBase64url),
    }),
    { nil: undefined },
  ),
});

test('reads what was written, whatever the order of the keys', () => {
  fc.assert(
    fc.property(
      claims,
      fc.uint8Array({ minLength: 97, maxLength: 98 }),
      fc.gen(),
      ({ life, ...rest }, tail, gen) => {
        const { binding, ...plain } = rest;
        const written: CredentialClaims = { ...plain, exp: rest.iat + life, ...(binding ? { binding } : {}) };
        const fields = Object.entries({ v: 1, ...plain, exp: written.exp, ...binding });
        const shuffled = gen(fc.shuffledSubarray, fields, { minLength: fields.length });
        const payload = encodeBase64url(Buffer.from(JSON.stringify(Object.fromEntries(shuffled))));
        const parsed = parseCredential(`seal1.${payload}.${encodeBase64url(tail)}`);
        expect(parsed).toEqual({ claims: written, payload, signature: Buffer.from(tail) });
      },
    ),
  );
});

test('never throws, and what it takes has one spelling', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.nat(MAX_CREDENTIAL_LENGTH),
      fc.boolean(),
      (noise, at, insert) => {
        parseCredential(noise);
        const good = credentialOf(JSON.stringify(BOUND));
        const cut = at % good.length;
        parseCredential(good.slice(0, cut) + noise + good.slice(insert ? cut : cut + noise.length));
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['empty', ''],
  ['another scheme', credentialOf(JSON.stringify(CLAIMS)).replace('seal1', 'seal2')],
  ['upper-case scheme', credentialOf(JSON.stringify(CLAIMS)).replace('seal1', 'SEAL1')],
  ['two segments', 'seal1.e30'],
  ['four segments', `${credentialOf(JSON.stringify(CLAIMS))}.`],
  ['empty signature', credentialOf(JSON.stringify(CLAIMS)).replace(SIGNATURE, '')],
  ['padding', `${credentialOf(JSON.stringify(CLAIMS))}=`],
  ['space before', ` ${credentialOf(JSON.stringify(CLAIMS))}`],
  ['over 4 KiB', credentialOf(JSON.stringify(CLAIMS) + ' '.repeat(3000))],
  ['no object', credentialOf('[]')],
])('refuses: %s', (_, text) => {
  expect(parseCredential(text)).toBeUndefined();
});

const { v: _v, ...withoutVersion } = CLAIMS;
const { bod: _bod, ...withoutBody } = BOUND;
test.each([
  ['no version', withoutVersion],
  ['half a binding', withoutBody],
  ['a field more', { ...CLAIMS, admin: true }],
  ['another version', { ...CLAIMS, v: 2 }],
  ['version as text', { ...CLAIMS, v: '1' }],
  ['upper-case id', { ...CLAIMS, token: CLAIMS.token.toUpperCase().replace('0X', '0x') }],
  ['short id', { ...CLAIMS, aud: '0x1' }],
  ['short nonce', { ...CLAIMS, nonce: NONCE.slice(1) }],
  ['nonce with tail bits', { ...CLAIMS, nonce: `${NONCE.slice(0, -1)}x` }],
  ['nonce with control characters', { ...CLAIMS, nonce: `${NONCE.slice(0, -1)}\n` }],
  ['expires when issued', { ...CLAIMS, exp: CLAIMS.iat }],
  ['lives too long', { ...CLAIMS, exp: CLAIMS.iat + 301 }],
  ['negative time', { ...CLAIMS, iat: -1, exp: 100 }],
  ['time as text', { ...CLAIMS, iat: '1800000000' }],
  ['lower-case method', { ...BOUND, htm: 'post' }],
  ['absolute target', { ...BOUND, htu: 'https://host/path' }],
  ['target with a space', { ...BOUND, htu: '/a b' }],
  ['short body digest', { ...BOUND, bod: DIGEST.slice(1) }],
])('refuses claims: %s', (_, fields) => {
  expect(parseCredential(credentialOf(JSON.stringify(fields)))).toBeUndefined();
});

test.each([
  '1.8e9',
  '1800000000.0',
  '+1800000000',
  '0x6b49d200',
  '-0',
  '18000000000000000',
  'NaN',
  '01800000000',
])('refuses the number form %s', (number) => {
  const json = JSON.stringify(CLAIMS).replace('"iat":1800000000', `"iat":${number}`);
  expect(parseCredential(credentialOf(json))).toBeUndefined();
});

test('refuses a key given twice, even with the same value', () => {
  const json = JSON.stringify(CLAIMS).replace('{', `{"sub":"${CLAIMS.sub}",`);
  expect(parseCredential(credentialOf(json))).toBeUndefined();
});
