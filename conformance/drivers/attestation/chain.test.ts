import 'reflect-metadata';
import { Extension, KeyUsageFlags } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { attester, derOf, type Attester, type AttesterOptions } from '../../world/certificates.ts';
import type { AttestationReason } from './fault.ts';
import { Forge, NOW, type Change } from './testing/forge.ts';

const HOUR = 3_600_000;

let root: Attester;
let middle: Attester;
let leaf: Attester;
let forged: Forge;
beforeAll(async () => {
  forged = await Forge.make();
  ({ root, middle, leaf } = forged);
});

const forge = (change: Change = {}): Promise<Uint8Array> => forged.document(change);
const judge = (...of: Parameters<Forge['judge']>): ReturnType<Forge['judge']> => forged.judge(...of);

type Chain = { leaf: Attester; bundle: Attester[] };
const underMiddle = async (options: AttesterOptions, leafOptions: AttesterOptions = {}): Promise<Chain> => {
  const between = await attester('between', root, { authority: true, ...options });
  return { leaf: await attester('leaf', between, leafOptions), bundle: [root, between] };
};
const withLeaf = async (options: AttesterOptions): Promise<Chain> => ({
  leaf: await attester('leaf', middle, options),
  bundle: [root, middle],
});

// A P-256 leaf cannot make a signature of 96 bytes; the chain is judged before the signature.
const signature = (made: Uint8Array): Uint8Array => (made.length === 96 ? made : new Uint8Array(96));

describe('verifyAttestation of a chain', () => {
  it.each<[string, AttestationReason, () => Promise<Chain>]>([
    [
      'another root',
      'WrongRoot',
      async () => {
        const other = await attester('root');
        return { leaf: await attester('leaf', other), bundle: [other] };
      },
    ],
    ['the root last', 'WrongRoot', async () => ({ leaf, bundle: [middle, root] })],
    [
      'a leaf of another root of the same name',
      'BrokenChain',
      async () => ({
        leaf: await attester('leaf', await attester('root')),
        bundle: [root],
      }),
    ],
    ['a missing intermediate', 'BrokenChain', async () => ({ leaf, bundle: [root] })],
    ['another issuer’s name', 'BrokenChain', () => withLeaf({ issuerName: 'CN=somebody else' })],
    ['an expired leaf', 'CertificateExpired', () => withLeaf({ from: NOW - HOUR, to: NOW - 2_000 })],
    [
      'a leaf not valid yet',
      'CertificateNotYetValid',
      () => withLeaf({ from: NOW + HOUR, to: NOW + 2 * HOUR }),
    ],
    [
      'an expired intermediate',
      'CertificateExpired',
      () => underMiddle({ from: NOW - HOUR, to: NOW - 2_000 }),
    ],
    ['an intermediate without authority', 'CertificateUnfit', () => underMiddle({ authority: false })],
    [
      'an intermediate that may not sign certificates',
      'CertificateUnfit',
      () => underMiddle({ usages: KeyUsageFlags.cRLSign }),
    ],
    [
      'a path that is too long',
      'CertificateUnfit',
      async () => {
        const short = await attester('short', root, { authority: true, pathLength: 0 });
        const below = await attester('below', short, { authority: true });
        return { leaf: await attester('leaf', below), bundle: [root, short, below] };
      },
    ],
    [
      'a leaf that is an authority',
      'CertificateUnfit',
      () => withLeaf({ authority: true, usages: KeyUsageFlags.digitalSignature }),
    ],
    [
      'a leaf that may not sign',
      'CertificateUnfit',
      () => withLeaf({ usages: KeyUsageFlags.keyEncipherment }),
    ],
    ['an intermediate on P-256', 'CertificateUnfit', () => underMiddle({ curve: 'P-256' })],
    ['a leaf on P-256', 'CertificateUnfit', () => withLeaf({ curve: 'P-256' })],
    ['a leaf signed over SHA-256', 'CertificateUnfit', () => withLeaf({ hash: 'SHA-256' })],
    [
      'a critical extension that nobody knows',
      'CertificateUnfit',
      () => withLeaf({ extensions: [new Extension('1.3.6.1.4.1.99999.1', true, Buffer.from([5, 0]))] }),
    ],
  ])('%s: %s', async (_, reason, make) => {
    const { leaf: by, bundle } = await make();
    expect(judge(await forge({ by, signature, fields: { cabundle: bundle.map(derOf) } }))).toBe(reason);
  });

  it('does not mind an extension that is not critical', async () => {
    const extension = new Extension('1.3.6.1.4.1.99999.1', false, Buffer.from([5, 0]));
    const { leaf: by } = await withLeaf({ extensions: [extension] });
    expect(judge(await forge({ by }))).toBe('believed');
  });

  it('judges a saved document at the time that is given', async () => {
    const then = NOW - 400 * 24 * HOUR;
    const validity = { from: then - HOUR, to: then + HOUR };
    const oldRoot = await attester('old root', undefined, validity);
    const by = await attester('old leaf', oldRoot, validity);
    const saved = await forge({ by, fields: { timestamp: then, cabundle: [derOf(oldRoot)] } });
    const pinned = { root: { pem: oldRoot.certificate.toString('pem') } };
    expect(judge(saved, pinned)).toBe('CertificateExpired');
    expect(judge(saved, { ...pinned, nowMs: then + 1_000 })).toBe('believed');
  });
});
