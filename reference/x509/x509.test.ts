import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as peculiar from '@peculiar/x509';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, elements, integer, objectId, time } from './der.ts';
import {
  alternativeNames,
  authorityKey,
  basicConstraints,
  keyUsage,
  KeyUsage,
  subjectKey,
  tlsUse,
} from './extensions.ts';
import { generateKeyPair, issueCertificate, keyIdOf, signatureAlgorithm } from './issue.ts';
import { readDetails } from './read.ts';

const FROM = Date.UTC(2026, 0, 2, 3, 4, 5);
const TO = Date.UTC(2051, 5, 7, 8, 9, 10);
const HOSTS = ['localhost', '127.0.0.1', '::1', '2001:db8::8:800:200c:417a', '::ffff:10.1.2.3'];

function make(extensions: readonly Uint8Array[] = []): X509Certificate {
  const keys = generateKeyPair('P-384');
  return issueCertificate({
    subject: { CN: 'Überfall, Inc.', O: 'K3s' },
    from: FROM,
    to: TO,
    serial: Buffer.alloc(16, 0xff),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    hash: 'sha384',
    extensions: extensions.length > 0 ? extensions : [subjectKey(keyIdOf(keys.publicKey))],
  });
}

test('other readers see what was issued', async () => {
  const keyId = Buffer.alloc(20, 7);
  const ours = make([
    basicConstraints(true, 3),
    keyUsage(KeyUsage.keyCertSign | KeyUsage.crlSign),
    tlsUse('server'),
    alternativeNames(HOSTS),
    authorityKey(keyId),
  ]);
  expect(ours.verify(ours.publicKey)).toBe(true);
  expect(ours.serialNumber).toBe(`7F${'FF'.repeat(15)}`);
  for (const host of HOSTS.slice(1)) expect(ours.checkIP(host)).toBe(host);
  const theirs = new peculiar.X509Certificate(Uint8Array.from(ours.raw));
  expect(await theirs.isSelfSigned()).toBe(true);
  expect([theirs.notBefore.getTime(), theirs.notAfter.getTime()]).toEqual([FROM, TO]);
  expect(theirs.subjectName.getField('CN')).toEqual(['Überfall, Inc.']);
  expect(theirs.getExtension(peculiar.BasicConstraintsExtension)).toMatchObject({
    ca: true,
    pathLength: 3,
    critical: true,
  });
  expect(theirs.getExtension(peculiar.KeyUsagesExtension)?.usages).toBe(
    peculiar.KeyUsageFlags.keyCertSign | peculiar.KeyUsageFlags.cRLSign,
  );
  expect(theirs.getExtension(peculiar.ExtendedKeyUsageExtension)?.usages).toEqual([
    peculiar.ExtendedKeyUsage.serverAuth,
  ]);
  expect(theirs.getExtension(peculiar.AuthorityKeyIdentifierExtension)?.keyId).toBe(keyId.toString('hex'));
});

test('the identifier of a key is the one that others compute', async () => {
  const theirs = new peculiar.X509Certificate(Uint8Array.from(make().raw));
  const wanted = Buffer.from(await theirs.publicKey.getKeyIdentifier()).toString('hex');
  expect(theirs.getExtension(peculiar.SubjectKeyIdentifierExtension)?.keyId).toBe(wanted);
});

test.each([
  ['an authority', true, 2, peculiar.KeyUsageFlags.keyCertSign, 2, KeyUsage.keyCertSign],
  ['one without a bound', true, undefined, peculiar.KeyUsageFlags.cRLSign, Infinity, KeyUsage.crlSign],
  ['a leaf', false, undefined, peculiar.KeyUsageFlags.digitalSignature, Infinity, KeyUsage.digitalSignature],
])('what others issued is read: %s', async (_, ca, pathLength, usages, readLength, readUsages) => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, [
    'sign',
    'verify',
  ]);
  const theirs = await peculiar.X509CertificateGenerator.createSelfSigned({
    name: 'CN=theirs, O=Others',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-384' },
    extensions: [
      new peculiar.KeyUsagesExtension(usages, true),
      new peculiar.BasicConstraintsExtension(ca, pathLength, true),
    ],
  });
  const details = readDetails(new X509Certificate(Buffer.from(theirs.rawData)));
  expect(details).toMatchObject({ isAuthority: ca, pathLength: readLength, usages: readUsages });
  expect(signatureAlgorithm('sha384').equals(details.signatureAlgorithm)).toBe(true);
  expect(Buffer.from(theirs.subjectName.toArrayBuffer()).equals(details.subject)).toBe(true);
});

test('a certificate that says nothing may nothing; one that says it twice is refused', () => {
  expect(readDetails(make())).toMatchObject({ isAuthority: false, pathLength: Infinity, usages: 0 });
  const twice = [basicConstraints(false), basicConstraints(true)];
  expect(() => readDetails(make(twice))).toThrow('twice');
  expect(() => readDetails(make([basicConstraints(true, 200)]))).toThrow('path length');
});

test('elements are found again as they were written', () => {
  const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 0xbf }), fc.uint8Array({ maxLength: 300 })));
  fc.assert(
    fc.property(parts, (some) => {
      const bytes = Buffer.concat(some.map(([tag, content]) => element(tag, content)));
      const found = elements(bytes);
      expect(found.map(({ tag, content }) => [tag, [...content]])).toEqual(
        some.map(([tag, content]) => [tag, [...content]]),
      );
      expect(Buffer.concat(found.map(({ whole }) => whole)).equals(bytes)).toBe(true);
    }),
    { seed: 11 },
  );
  expect(elements(element(4, Buffer.alloc(70_000)))[0]?.content).toHaveLength(70_000);
});

test.each([
  ['cut off', '300501'],
  ['length missing', '30'],
  ['length in too many bytes', '30810101'],
  ['leading zero in the length', '308200800000'],
  ['no end', '3080010100'],
  ['five bytes of length', '30850000000001'],
])('no DER: %s', (_, hex) => {
  expect(() => elements(Buffer.from(hex, 'hex'))).toThrow(RangeError);
});

test('broken certificates are refused with a RangeError, or read', () => {
  const good = make([basicConstraints(true, 1), keyUsage(KeyUsage.keyCertSign)]).raw;
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const raw = Buffer.from(good);
      raw[at] = value;
      try {
        readDetails({ raw } as X509Certificate);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { seed: 12, numRuns: 2_000 },
  );
});

test('numbers, identifiers and times as the standard has them', () => {
  expect(integer(Buffer.from('0000', 'hex')).toString('hex')).toBe('020100');
  expect(integer(Buffer.from('0080', 'hex')).toString('hex')).toBe('02020080');
  expect(objectId('1.2.840.113549').toString('hex')).toBe('06062a864886f70d');
  expect(time(FROM).toString('latin1').slice(2)).toBe('260102030405Z');
  expect(time(TO).toString('latin1').slice(2)).toBe('20510607080910Z');
});
