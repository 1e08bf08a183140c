import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../protocol/clock.ts';
import {
  createDevelopmentRoot,
  issueIntermediate,
  issueLeaf,
  signWith,
  type Issued,
} from '../attestation-authority.ts';
import { encodeCoseSign1 } from '../cose.ts';
import { encodeDocument, type AttestationDocument } from '../document.ts';
import type { AttestationPolicy } from '../verify.ts';

export const NOW = 1_800_000_000_000;
export const NONCE = new Uint8Array(32).fill(5);
export const PUBLIC_KEY = new Uint8Array(32).fill(6);
export const PCRS = [0, 1, 2].map((index) => new Uint8Array(48).fill(index + 1));

/** Reproducible bytes: each call gives the next ones. */
export function countingBytes(): (size: number) => Uint8Array {
  let call = 0;
  return (size) => createHash('shake256', { outputLength: size }).update(`bytes ${call++}`).digest();
}

export interface Authority {
  root: Issued;
  intermediate: Issued;
  leaf: Issued;
}

/** A whole chain, made at NOW. */
export function makeAuthority(): Authority {
  const random = countingBytes();
  const root = createDevelopmentRoot(NOW, random);
  const intermediate = issueIntermediate(root, NOW, random);
  return { root, intermediate, leaf: issueLeaf(intermediate, 'module', NOW, random) };
}

/** DER of a certificate. */
export function der(issued: Issued): Uint8Array {
  return issued.certificate.raw;
}

/** A document that the policy below believes, with changes. */
export function documentOf(
  authority: Authority,
  change: Partial<AttestationDocument> = {},
): AttestationDocument {
  return {
    moduleId: 'module',
    timestampMs: NOW,
    digest: 'SHA384',
    pcrs: new Map(PCRS.map((pcr, index) => [index, pcr])),
    certificate: der(authority.leaf),
    cabundle: [der(authority.root), der(authority.intermediate)],
    publicKey: PUBLIC_KEY,
    userData: undefined,
    nonce: NONCE,
    ...change,
  };
}

/** Signs a payload with the leaf. */
export function signPayload(authority: Authority, payload: Uint8Array): Uint8Array {
  return encodeCoseSign1(payload, (message) => signWith(authority.leaf, message));
}

/** A signed document with changes. */
export function signedDocument(authority: Authority, change: Partial<AttestationDocument> = {}): Uint8Array {
  return signPayload(authority, encodeDocument(documentOf(authority, change)));
}

/** A policy that believes `signedDocument(authority)`. */
export function policyOf(authority: Authority, change: Partial<AttestationPolicy> = {}): AttestationPolicy {
  const root = authority.root.certificate.toString();
  return { root, now: NOW, pcrs: PCRS, nonce: NONCE, publicKey: PUBLIC_KEY, ...change };
}

/** A directory that goes away with the test, and a clock. */
export async function temporaryPlace(): Promise<{ directory: string; clock: ManualClock } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'tee-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  return { directory, clock: new ManualClock(NOW), [Symbol.asyncDispose]: remove };
}
