import { encode } from 'cborg';
import { beforeAll, describe, expect, it } from 'vitest';
import { derOf, signEs384 } from '../../world/certificates.ts';
import type { AttestationDocument } from './document.ts';
import type { AttestationReason } from './fault.ts';
import { Forge, NOW, pcr, type Change } from './testing/forge.ts';
import { verifyAttestation } from './verify.ts';

let forged: Forge;
beforeAll(async () => {
  forged = await Forge.make();
});

const forge = (change: Change = {}): Promise<Uint8Array> => forged.document(change);
const judge = (...of: Parameters<Forge['judge']>): ReturnType<Forge['judge']> => forged.judge(...of);

/** A document whose payload has a field as given, which its type would not allow. */
const odd = (fields: Record<string, unknown>): Change => ({ fields: fields as Partial<AttestationDocument> });

/** The same map with one more entry, as raw CBOR. */
const withEntry =
  (key: unknown, value: unknown) =>
  (map: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from([(map[0] ?? 0) + 1]), map.subarray(1), encode(key), encode(value)]);

/** The message with its protected header, unprotected header or signature replaced, signature not renewed. */
function message(
  items: { header?: unknown; unprotected?: unknown; signature?: unknown },
  extra: unknown[] = [],
) {
  return async (): Promise<Uint8Array> => {
    let payload: Uint8Array = new Uint8Array();
    await forge({ payload: (encoded) => (payload = encoded) });
    const header = items.header ?? encode(new Map([[1, -35]]));
    const signed = encode(['Signature1', header, new Uint8Array(), payload]);
    const signature = items.signature ?? (await signEs384(forged.leaf, signed));
    return encode([header, items.unprotected ?? new Map(), payload, signature, ...extra]);
  };
}

/** The order of P-384's base point. */
const ORDER = BigInt(
  '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
);

/** r and n − s: the other spelling of an ECDSA signature. */
function mirrored(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(48)).toString('hex')}`);
  return Buffer.concat([
    signature.subarray(0, 48),
    Buffer.from((ORDER - s).toString(16).padStart(96, '0'), 'hex'),
  ]);
}

describe('verifyAttestation', () => {
  it('believes a document that holds, with and without its tag, under a fingerprint or the certificate', async () => {
    const good = await forge();
    expect(judge(good)).toBe('believed');
    expect(judge(Buffer.concat([Buffer.from([0xd2]), good]))).toBe('believed');
    expect(judge(good, { root: { pem: forged.root.certificate.toString('pem') } })).toBe('believed');
    expect(verifyAttestation(good, forged.policy()).module_id).toBe('i-0-enc0');
  });

  it('believes absent and null optional fields when the policy does not ask for them', async () => {
    const bare = await forge({ fields: { public_key: null, nonce: null } });
    const { nonce, publicKey, ...rest } = forged.policy();
    expect([nonce, publicKey]).toBeDefined();
    expect(verifyAttestation(bare, rest).nonce).toBeNull();
  });

  it.each<[string, AttestationReason, () => Promise<Uint8Array>]>([
    ['20001 bytes', 'Oversize', async () => new Uint8Array(20_001)],
    ['nothing', 'MalformedCbor', async () => new Uint8Array()],
    [
      'a byte behind it',
      'MalformedCbor',
      () => forge({ message: (m) => Buffer.concat([m, Buffer.alloc(1)]) }),
    ],
    ['the last byte missing', 'MalformedCbor', () => forge({ message: (m) => m.subarray(0, -1) })],
    [
      'another tag',
      'MalformedCbor',
      () => forge({ message: (m) => Buffer.concat([Buffer.from([0xd1]), m]) }),
    ],
    ['nesting without end', 'MalformedCbor', async () => Buffer.alloc(19_999, 0x81)],
    ['a duplicate key', 'MalformedCbor', () => forge({ payload: withEntry('digest', 'SHA384') })],
    ['a duplicate PCR', 'MalformedCbor', () => forge({ payload: pcrTwice })],
    ['an indefinite map', 'MalformedCbor', () => forge({ payload: indefinite })],
    ['a number not in its shortest form', 'MalformedCbor', () => forge({ payload: longNumber })],
    ['no array', 'MalformedCose', async () => encode(new Map())],
    ['five items', 'MalformedCose', message({}, [null])],
    ['an unprotected header', 'MalformedCose', message({ unprotected: new Map([[4, 1]]) })],
    ['95 bytes of signature', 'MalformedCose', message({ signature: new Uint8Array(95) })],
    ['a signature in DER', 'MalformedCose', message({ signature: new Uint8Array(104) })],
    ['ES256', 'UnsupportedAlgorithm', () => forge({ algorithm: 'ES256' })],
    ['no algorithm', 'UnsupportedAlgorithm', message({ header: encode(new Map()) })],
    [
      'a header beside it',
      'UnsupportedAlgorithm',
      message({
        header: encode(
          new Map([
            [1, -35],
            [3, 0],
          ]),
        ),
      }),
    ],
    ['an empty module', 'MalformedDocument', () => forge({ fields: { module_id: '' } })],
    ['SHA256', 'MalformedDocument', () => forge({ fields: { digest: 'SHA256' } })],
    ['a time of zero', 'MalformedDocument', () => forge({ fields: { timestamp: 0 } })],
    ['a time with a fraction', 'MalformedDocument', () => forge({ fields: { timestamp: 1.5 } })],
    ['a time beyond 2^53', 'MalformedDocument', () => forge(odd({ timestamp: 2n ** 60n }))],
    ['no PCR', 'MalformedDocument', () => forge({ fields: { pcrs: new Map() } })],
    ['PCR32', 'MalformedDocument', () => forge({ fields: { pcrs: new Map([[32, pcr(1)]]) } })],
    ['PCR-1', 'MalformedDocument', () => forge({ fields: { pcrs: new Map([[-1, pcr(1)]]) } })],
    [
      'a PCR of 47 bytes',
      'MalformedDocument',
      () => forge({ fields: { pcrs: new Map([[0, Buffer.alloc(47, 1)]]) } }),
    ],
    [
      'a PCR of 64 bytes',
      'MalformedDocument',
      () => forge({ fields: { pcrs: new Map([[0, Buffer.alloc(64, 1)]]) } }),
    ],
    ['an empty bundle', 'MalformedDocument', () => forge({ fields: { cabundle: [] } })],
    ['a bundle of text', 'MalformedDocument', () => forge(odd({ cabundle: ['x'] }))],
    [
      'a certificate of 1025 bytes',
      'MalformedDocument',
      () => forge({ fields: { certificate: Buffer.alloc(1025) } }),
    ],
    [
      '513 bytes of user data',
      'MalformedDocument',
      () => forge({ fields: { user_data: Buffer.alloc(513) } }),
    ],
    ['513 bytes of nonce', 'MalformedDocument', () => forge({ fields: { nonce: Buffer.alloc(513) } })],
    ['a nonce of text', 'MalformedDocument', () => forge(odd({ nonce: 'x'.repeat(32) }))],
    ['an empty public key', 'MalformedDocument', () => forge({ fields: { public_key: new Uint8Array() } })],
    ['an unknown field', 'MalformedDocument', () => forge({ payload: withEntry('more', 1) })],
    ['a key beyond 2^53', 'MalformedDocument', () => forge({ payload: withEntry(2n ** 60n, 1) })],
    ['a key that is a number', 'MalformedDocument', () => forge({ payload: withEntry(1, 1) })],
    ['no certificate', 'MalformedCertificate', () => forge({ fields: { certificate: Buffer.alloc(9, 1) } })],
    [
      'a byte behind the certificate',
      'MalformedCertificate',
      async () => forge({ fields: { certificate: Buffer.concat([derOf(forged.leaf), Buffer.alloc(1)]) } }),
    ],
    ['one changed bit', 'BadSignature', () => forge({ payload: (p) => p, message: flipModule })],
    [
      'a changed signature',
      'BadSignature',
      () => forge({ signature: (s) => s.map((b, i) => (i === 7 ? b ^ 1 : b)) }),
    ],
    ['a signature of zeros', 'BadSignature', () => forge({ signature: () => new Uint8Array(96) })],
    ['301 s of age', 'Stale', () => forge({ fields: { timestamp: NOW - 301_000 } })],
    ['31 s ahead', 'FromTheFuture', () => forge({ fields: { timestamp: NOW + 31_000 } })],
    [
      'PCR2 missing',
      'PcrMissing',
      () => forge({ fields: { pcrs: new Map([0, 1].map((i) => [i, pcr(i + 1)])) } }),
    ],
    [
      'another PCR1',
      'PcrMismatch',
      () => forge({ fields: { pcrs: new Map([0, 1, 2].map((i) => [i, pcr(i === 1 ? 9 : i + 1)])) } }),
    ],
    ['no nonce', 'NonceMissing', () => forge({ fields: { nonce: null } })],
    ['an empty nonce', 'NonceMissing', () => forge({ fields: { nonce: new Uint8Array() } })],
    ['another nonce', 'NonceMismatch', () => forge({ fields: { nonce: Buffer.alloc(32, 4) } })],
    ['the nonce and more', 'NonceMismatch', () => forge({ fields: { nonce: Buffer.alloc(33, 5) } })],
    ['no key', 'PublicKeyMissing', () => forge({ fields: { public_key: null } })],
    ['another key', 'PublicKeyMismatch', () => forge({ fields: { public_key: Buffer.alloc(32, 7) } })],
  ])('%s: %s', async (_, reason, make) => {
    expect(judge(await make())).toBe(reason);
  });

  it('believes a document to the last second of its age and of the skew', async () => {
    expect(judge(await forge({ fields: { timestamp: NOW - 300_000 } }))).toBe('believed');
    expect(judge(await forge({ fields: { timestamp: NOW + 30_000 } }))).toBe('believed');
  });

  it('refuses zero PCRs also when the policy expects zeros', async () => {
    const zeros = await forge({ fields: { pcrs: new Map([0, 1, 2].map((index) => [index, pcr(0)])) } });
    expect(judge(zeros, { pcrs: [pcr(0), pcr(0), pcr(0)] })).toBe('DebugPcrs');
    // A measurement may hold zeros; only one of nothing else is that of debug mode.
    const mixed = Buffer.concat([pcr(1).subarray(0, 47), Buffer.alloc(1)]);
    const pcrs = [mixed, pcr(2), pcr(3)];
    const holding = await forge({ fields: { pcrs: new Map(pcrs.map((one, index) => [index, one])) } });
    expect(judge(holding, { pcrs: [mixed, pcr(2), pcr(3)] })).toBe('believed');
  });

  it('refuses a key of small order although it is the registered one', async () => {
    const weak = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
    expect(judge(await forge({ fields: { public_key: weak } }), { publicKey: weak })).toBe('PublicKeyWeak');
  });

  it('knows a replay by its nonce, also with the other spelling of the signature', async () => {
    const spentNonces = new Set<string>();
    let made: Uint8Array = new Uint8Array();
    const first = await forge({ signature: (signature) => (made = signature) });
    const second = await forge({ signature: () => mirrored(made) });
    expect(judge(first, { spentNonces })).toBe('believed');
    expect(judge(first, { spentNonces })).toBe('NonceSpent');
    expect(second).not.toEqual(first);
    // ECDSA by another call signs anew, so the mirrored signature belongs to the same payload by construction.
    expect(judge(second)).toBe('believed');
    expect(judge(second, { spentNonces })).toBe('NonceSpent');
  });

  it('spends no nonce on a document that fails another check', async () => {
    const spentNonces = new Set<string>();
    expect(judge(await forge({ fields: { public_key: null } }), { spentNonces })).toBe('PublicKeyMissing');
    expect(judge(await forge(), { spentNonces })).toBe('believed');
  });
});

/** The payload's map with PCR0 a second time. */
function pcrTwice(payload: Uint8Array): Uint8Array {
  const bytes = Buffer.from(payload);
  const at = bytes.indexOf(encode('pcrs')) + encode('pcrs').length;
  const entry = Buffer.concat([encode(0), encode(pcr(1))]);
  return Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from([(bytes[at] ?? 0) + 1]),
    entry,
    bytes.subarray(at + 1),
  ]);
}

function indefinite(map: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([0xbf]), map.subarray(1), Buffer.from([0xff])]);
}

/** The key 0 of the PCRs in two bytes. */
function longNumber(payload: Uint8Array): Uint8Array {
  const bytes = Buffer.from(payload);
  const at = bytes.indexOf(encode('pcrs')) + encode('pcrs').length + 1;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0x18]), bytes.subarray(at)]);
}

function flipModule(whole: Uint8Array): Uint8Array {
  const bytes = Buffer.from(whole);
  const at = bytes.indexOf('i-0-enc0');
  bytes[at] = (bytes[at] ?? 0) ^ 2;
  return bytes;
}
