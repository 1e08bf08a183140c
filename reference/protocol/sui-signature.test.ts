import { createHash } from 'node:crypto';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasCanonicalEd25519Form, verifyEd25519 } from './ed25519.ts';
import { suiAddress, verifySuiSignature } from './sui-signature.ts';
import { keypairOf } from './testing/fixtures.ts';

const seed = createHash('sha256').update('secp').digest();
const signers = [
  { name: 'ed25519', keys: keypairOf('signer') },
  { name: 'secp256k1', keys: Secp256k1Keypair.fromSecretKey(seed) },
  { name: 'secp256r1', keys: Secp256r1Keypair.fromSecretKey(seed) },
];
const ORDERS: Record<string, bigint> = {
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  secp256r1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
};
const PAYLOAD = 'eyJ2IjoxfQ';

async function signatureOf(signer: (typeof signers)[number], text = PAYLOAD): Promise<Buffer> {
  const { signature } = await signer.keys.signPersonalMessage(Buffer.from(text));
  return Buffer.from(signature, 'base64');
}

describe.each(signers)('$name', (signer) => {
  const address = signer.keys.toSuiAddress();

  test('takes what the wallet signed, for messages of any length', async () => {
    for (const text of [PAYLOAD, 'A'.repeat(127), 'A'.repeat(128), 'A'.repeat(3000)]) {
      expect(verifySuiSignature(text, await signatureOf(signer, text), address)).toBe(true);
    }
  });

  test('refuses it with any bit changed, of the signature, the key, the flag or the message', async () => {
    const good = await signatureOf(signer);
    for (let bit = 0; bit < good.length * 8; bit += 3) {
      const changed = Buffer.from(good);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifySuiSignature(PAYLOAD, changed, address)).toBe(false);
    }
    expect(verifySuiSignature(`${PAYLOAD}A`, good, address)).toBe(false);
  });

  test('refuses another address, and the same key under another flag', async () => {
    const good = await signatureOf(signer);
    expect(verifySuiSignature(PAYLOAD, good, keypairOf('other').toSuiAddress())).toBe(false);
    const flag = ((good[0] ?? 0) + 1) % 3;
    const key = good.subarray(65);
    const swapped = Buffer.concat([Buffer.of(flag), good.subarray(1)]);
    expect(verifySuiSignature(PAYLOAD, swapped, suiAddress(flag, key))).toBe(false);
  });

  test('refuses the signature of another intent', async () => {
    const { signature } = await signer.keys.signTransaction(Buffer.from(PAYLOAD));
    expect(verifySuiSignature(PAYLOAD, Buffer.from(signature, 'base64'), address)).toBe(false);
  });

  test('refuses cut and lengthened ones, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 110 }), fc.constantFrom(0, 1, 2, 3, 5), (bytes, flag) => {
        expect(verifySuiSignature(PAYLOAD, Uint8Array.of(flag, ...bytes), address)).toBe(false);
      }),
    );
  });
});

test.each(['secp256k1', 'secp256r1'])('%s: refuses the second spelling with n − s', async (name) => {
  const signer = signers.find((each) => each.name === name);
  const order = ORDERS[name];
  if (!signer || order === undefined) throw new Error('no such scheme');
  const good = await signatureOf(signer);
  const s = BigInt(`0x${good.subarray(33, 65).toString('hex')}`);
  Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex').copy(good, 33);
  expect(verifySuiSignature(PAYLOAD, good, signer.keys.toSuiAddress())).toBe(false);
});

describe('ed25519', () => {
  const SMALL = [
    '01' + '00'.repeat(31),
    'ec' + 'ff'.repeat(30) + '7f',
    '00'.repeat(32),
    '00'.repeat(31) + '80',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '01' + '00'.repeat(30) + '80',
    'ee' + 'ff'.repeat(30) + '7f',
    'ed' + 'ff'.repeat(30) + '7f',
    'ed' + 'ff'.repeat(31),
  ];

  test.each(SMALL)('refuses the small-order or unreduced key %s, for which anybody can sign', (hex) => {
    const key = Buffer.from(hex, 'hex');
    // R = identity, S = 0 verifies for any message under a key of small order wherever that is not checked
    const signature = Buffer.alloc(64);
    signature[0] = 1;
    expect(verifyEd25519(key, Buffer.from('anything'), signature)).toBe(false);
    const serialized = Buffer.concat([Buffer.of(0), signature, key]);
    expect(verifySuiSignature(PAYLOAD, serialized, suiAddress(0, key))).toBe(false);
  });

  test('refuses S + L, the second spelling', async () => {
    const good = await signatureOf({ name: 'ed25519', keys: keypairOf('signer') });
    const L = (1n << 252n) + 27742317777372353535851937790883648493n;
    const s = BigInt(
      `0x${Buffer.from(good.subarray(33, 65))
        .toReversed()
        .reduce((t, b) => t + b.toString(16).padStart(2, '0'), '')}`,
    );
    const more = Buffer.from((s + L).toString(16).padStart(64, '0'), 'hex').toReversed();
    const changed = Buffer.from(good);
    changed.set(more, 33);
    expect(hasCanonicalEd25519Form(good.subarray(65), good.subarray(1, 65))).toBe(true);
    expect(hasCanonicalEd25519Form(good.subarray(65), changed.subarray(1, 65))).toBe(false);
  });

  test('refuses wrong lengths', () => {
    expect(verifyEd25519(new Uint8Array(31), new Uint8Array(), new Uint8Array(64))).toBe(false);
    expect(verifyEd25519(new Uint8Array(32).fill(9), new Uint8Array(), new Uint8Array(63))).toBe(false);
  });
});
