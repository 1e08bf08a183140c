import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { issue, type Issued } from './attestation-authority.ts';
import { decodeStrictCbor, encodeCbor } from './cbor.ts';
import type { AttestationDocument } from './document.ts';
import {
  countingBytes,
  der,
  documentOf,
  makeAuthority,
  NONCE,
  NOW,
  PCRS,
  policyOf,
  PUBLIC_KEY,
  signedDocument,
  signPayload,
  type Authority,
} from './testing/fixtures.ts';
import { encodeDocument } from './document.ts';
import {
  ATTESTATION_STEPS,
  verifyAttestation,
  type AttestationPolicy,
  type AttestationVerdict,
} from './verify.ts';

let authority: Authority;
let other: Authority;
let good: Uint8Array;
beforeAll(async () => {
  authority = makeAuthority();
  other = makeAuthority();
  good = signedDocument(authority);
});

const DAY = 86_400_000;

function told(verdict: AttestationVerdict): string {
  return verdict.ok ? 'ok' : verdict.reason;
}

function verify(document: Uint8Array, change: Partial<AttestationPolicy> = {}): string {
  return told(verifyAttestation(document, policyOf(authority, change)));
}

/** The COSE array of a document with some items replaced. */
function recut(document: Uint8Array, change: (items: unknown[]) => unknown[]): Uint8Array {
  const decoded = decodeStrictCbor(document);
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('no COSE');
  return encodeCbor(change([...(decoded.value as unknown[])]));
}

function pcrsWith(index: number, value: Uint8Array): Map<number, Uint8Array> {
  return new Map(PCRS.map((pcr, at) => [at, at === index ? value : pcr]));
}

function ones(length: number): Uint8Array {
  return new Uint8Array(length).fill(1);
}

test('a good document is believed and gives the key', () => {
  const verdict = verifyAttestation(good, policyOf(authority));
  expect(verdict).toMatchObject({ ok: true, publicKey: PUBLIC_KEY });
  expect(verify(Uint8Array.of(0xd2, ...good))).toBe('ok');
});

test('the root may be given as DER, the key left open', () => {
  const { publicKey: _, ...policy } = policyOf(authority, { root: der(authority.root) });
  expect(told(verifyAttestation(good, policy))).toBe('ok');
});

describe('what it says', () => {
  const zero = new Uint8Array(48);
  const cases: [string, Partial<AttestationDocument>, Partial<AttestationPolicy>, string][] = [
    ['to the last moment of freshness', { timestampMs: NOW - 300_000 }, {}, 'ok'],
    ['a moment later', { timestampMs: NOW - 300_001 }, {}, 'Stale'],
    ['fresh enough for a wider window', { timestampMs: NOW - 300_001 }, { freshnessSeconds: 600 }, 'ok'],
    ['a little ahead', { timestampMs: NOW + 30_000 }, {}, 'ok'],
    ['further ahead', { timestampMs: NOW + 30_001 }, {}, 'FromTheFuture'],
    [
      'PCR1 missing',
      {
        pcrs: new Map([
          [0, PCRS[0] ?? zero],
          [2, PCRS[2] ?? zero],
        ]),
      },
      {},
      'PcrMissing',
    ],
    ['another PCR0', { pcrs: pcrsWith(0, new Uint8Array(48).fill(9)) }, {}, 'PcrMismatch'],
    ['another PCR2', { pcrs: pcrsWith(2, new Uint8Array(48).fill(9)) }, {}, 'PcrMismatch'],
    ['debug mode', { pcrs: pcrsWith(0, zero) }, {}, 'DebugPcrs'],
    [
      'debug mode, and a policy that was never set',
      { pcrs: new Map([0, 1, 2].map((i) => [i, zero])) },
      { pcrs: [zero, zero, zero] },
      'DebugPcrs',
    ],
    ['no nonce', { nonce: undefined }, {}, 'NonceMissing'],
    ['an old nonce', { nonce: new Uint8Array(32) }, {}, 'NonceMismatch'],
    ['a longer nonce', { nonce: Uint8Array.of(...NONCE, 0) }, {}, 'NonceMismatch'],
    ['no key', { publicKey: undefined }, {}, 'PublicKeyMissing'],
    ['a swapped key', { publicKey: new Uint8Array(32) }, {}, 'PublicKeyMismatch'],
    [
      'several things: the first is told',
      { timestampMs: 1, nonce: undefined, publicKey: undefined },
      {},
      'Stale',
    ],
  ];

  test.each(cases)('%s', async (_, change, policy, reason) => {
    expect(verify(signedDocument(authority, change), policy)).toBe(reason);
  });
});

describe('form', () => {
  const malformed: [string, Record<string, unknown>][] = [
    ['empty module id', { module_id: '' }],
    ['another digest', { digest: 'SHA256' }],
    ['timestamp as text', { timestamp: '1' }],
    ['no PCRs', { pcrs: new Map() }],
    ['short PCR', { pcrs: new Map([[0, ones(32)]]) }],
    ['PCR 32', { pcrs: new Map([[32, ones(48)]]) }],
    ['PCR by name', { pcrs: new Map([['0', ones(48)]]) }],
    ['empty cabundle', { cabundle: [] }],
    ['large certificate in the cabundle', { cabundle: [ones(1025)] }],
    ['large certificate', { certificate: ones(1025) }],
    ['large nonce', { nonce: ones(513) }],
    ['large user data', { user_data: ones(513) }],
    ['nonce as text', { nonce: 'x' }],
    ['empty public key', { public_key: ones(0) }],
    ['a field more', { extra: 1 }],
  ];

  test.each(malformed)('%s', async (_, change) => {
    const fields = decodeStrictCbor(encodeDocument(documentOf(authority)));
    if (!fields.ok || !(fields.value instanceof Map)) throw new Error('no map');
    const map = new Map<unknown, unknown>(fields.value as Map<unknown, unknown>);
    for (const [key, value] of Object.entries(change)) map.set(key, value);
    expect(verify(signPayload(authority, encodeCbor(map)))).toBe('MalformedDocument');
  });

  test('optional fields may be absent', async () => {
    const fields = decodeStrictCbor(encodeDocument(documentOf(authority)));
    if (!fields.ok || !(fields.value instanceof Map)) throw new Error('no map');
    fields.value.delete('user_data');
    expect(verify(signPayload(authority, encodeCbor(fields.value)))).toBe('ok');
  });

  test.each([
    ['nothing', () => new Uint8Array(), 'MalformedCbor'],
    ['oversize', () => new Uint8Array(20_001), 'Oversize'],
    ['bytes after it', () => Uint8Array.of(...good, 0), 'MalformedCbor'],
    ['deep nesting', () => new Uint8Array(20_000).fill(0x81), 'MalformedCbor'],
    ['indefinite length', () => Uint8Array.of(0x9f, ...good.subarray(1), 0xff), 'MalformedCbor'],
    ['another tag', () => Uint8Array.of(0xd1, ...good), 'MalformedCbor'],
    ['a map', () => encodeCbor(new Map()), 'MalformedCose'],
    ['three items', () => recut(good, (items) => items.slice(0, 3)), 'MalformedCose'],
    ['five items', () => recut(good, (items) => [...items, null]), 'MalformedCose'],
    [
      'an unprotected header',
      () => recut(good, ([a, , c, d]) => [a, new Map([[1, -35]]), c, d]),
      'MalformedCose',
    ],
    ['no payload', () => recut(good, ([a, b, , d]) => [a, b, null, d]), 'MalformedCose'],
    ['a short signature', () => recut(good, ([a, b, c]) => [a, b, c, new Uint8Array(95)]), 'MalformedCose'],
    [
      'ES256',
      () => recut(good, ([, b, c, d]) => [encodeCbor(new Map([[1, -7]])), b, c, d]),
      'UnsupportedAlgorithm',
    ],
    [
      'no algorithm',
      () => recut(good, ([, b, c, d]) => [encodeCbor(new Map()), b, c, d]),
      'UnsupportedAlgorithm',
    ],
    [
      'a payload that is no CBOR',
      () => recut(good, ([a, b, , d]) => [a, b, Uint8Array.of(0xff), d]),
      'MalformedCbor',
    ],
    [
      'a key twice in the header',
      () => recut(good, ([, b, c, d]) => [Uint8Array.of(0xa2, 1, 0x38, 34, 1, 0x38, 34), b, c, d]),
      'MalformedCbor',
    ],
  ])('%s', (_, make, reason) => {
    expect(verify(make())).toBe(reason);
  });

  test('any changed bit is refused, and nothing throws', () => {
    fc.assert(
      fc.property(fc.nat(), (pick) => {
        const changed = Uint8Array.from(good);
        const bit = pick % (changed.length * 8);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verify(changed)).not.toBe('ok');
      }),
      { numRuns: 200 },
    );
    fc.assert(fc.property(fc.uint8Array(), (noise) => verify(noise) !== 'ok'));
  });
});

describe('chain', () => {
  test('another root', async () => {
    expect(verify(signedDocument(other))).toBe('WrongRoot');
    // Of the same name, but with a key of its own.
    const bundle = [der(authority.root), der(other.intermediate)];
    expect(verify(signedDocument(other, { cabundle: bundle }))).toBe('BrokenChain');
  });

  test('a link left out, repeated or out of order', async () => {
    const [root, intermediate] = [der(authority.root), der(authority.intermediate)];
    expect(verify(signedDocument(authority, { cabundle: [root] }))).toBe('BrokenChain');
    expect(verify(signedDocument(authority, { cabundle: [intermediate, root] }))).toBe('WrongRoot');
    expect(verify(signedDocument(authority, { cabundle: [root, intermediate, intermediate] }))).toBe(
      'BrokenChain',
    );
  });

  test('dates', () => {
    const far = { freshnessSeconds: 1e9, clockSkewSeconds: 1e9 };
    expect(verify(good, { ...far, now: NOW + 3 * 3_600_000 })).toBe('ok');
    expect(verify(good, { ...far, now: NOW + 3 * 3_600_000 + 1000 })).toBe('CertificateExpired');
    expect(verify(good, { ...far, now: NOW - 3_600_000 - 1000 })).toBe('CertificateExpired');
  });

  test('a certificate that cannot be read, or with bytes after it', async () => {
    expect(verify(signedDocument(authority, { certificate: new Uint8Array(9) }))).toBe(
      'MalformedCertificate',
    );
    const longer = Uint8Array.of(...der(authority.leaf), 0);
    expect(verify(signedDocument(authority, { certificate: longer }))).toBe('MalformedCertificate');
  });

  test('signed by the key of another leaf', async () => {
    const certificate = der(authority.leaf);
    const cabundle = [der(authority.root), der(authority.intermediate)];
    expect(verify(signedDocument(other, { certificate, cabundle }))).toBe('BadSignature');
  });

  test.each([
    ['a leaf as issuer', { authority: { usages: 'leaf' } }, 'CertificateUnfit'],
    ['an authority as leaf', { leaf: { usages: 'authority' } }, 'CertificateUnfit'],
    ['a path that is too long', { authority: { pathLength: -1 } }, 'CertificateUnfit'],
    ['a good one', {}, 'ok'],
  ] as const)('%s', async (_, change, reason) => {
    const random = countingBytes();
    const span = { from: NOW - DAY, to: NOW + DAY };
    const make = (CN: string, issuer: Issued, pathLength: number | undefined): Issued =>
      issue({ name: { CN }, ...span, ...(pathLength === undefined ? {} : { pathLength }) }, issuer, random);
    const asLeaf = 'authority' in change && 'usages' in change.authority;
    const tooLong = 'authority' in change && 'pathLength' in change.authority;
    const upper = make('upper', authority.root, asLeaf ? undefined : tooLong ? 0 : 1);
    const lower = make('lower', upper, 0);
    const leaf = make('leaf', lower, 'leaf' in change ? 0 : undefined);
    const chain = { ...authority, leaf };
    const cabundle = [authority.root, upper, lower].map(der);
    expect(verify(signedDocument(chain, { cabundle }))).toBe(reason);
  });
});

test('the second spelling of a signature verifies too, so documents are told apart by nonce alone', () => {
  const order = BigInt(
    '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  );
  const twin = recut(good, ([a, b, c, signature]) => {
    const raw = Buffer.from(signature as Uint8Array);
    const s = BigInt(`0x${raw.subarray(48).toString('hex')}`);
    const mirrored = Buffer.from((order - s).toString(16).padStart(96, '0'), 'hex');
    return [a, b, c, Buffer.concat([raw.subarray(0, 48), mirrored])];
  });
  expect(Buffer.compare(twin, good)).not.toBe(0);
  expect(verify(twin)).toBe('ok');
  expect(verify(twin, { nonce: new Uint8Array(32).fill(8) })).toBe('NonceMismatch');
});

test('a policy that could refuse nothing is a mistake of the caller', () => {
  expect(() => verify(good, { pcrs: [] })).toThrow(TypeError);
  expect(() => verify(good, { pcrs: PCRS.map((pcr) => pcr.subarray(1)) })).toThrow(TypeError);
  expect(() => verify(good, { nonce: new Uint8Array() })).toThrow(TypeError);
});

test('a step can be left out, which is what it does', async () => {
  const stale = signedDocument(authority, { timestampMs: NOW - DAY });
  const steps = ATTESTATION_STEPS.filter(({ name }) => name !== 'time');
  expect(verify(stale)).toBe('Stale');
  expect(told(verifyAttestation(stale, policyOf(authority), steps))).toBe('ok');
});
